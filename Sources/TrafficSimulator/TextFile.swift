/// A small text, written whole.
public enum TextFile {
  public static func write(_ text: String, to path: String) throws(SimulatorFault) {
    let file = try OutputFile(creating: path)
    var fault: SimulatorFault?
    Array(text.utf8).withUnsafeBytes { bytes in
      do throws(SimulatorFault) { try file.write(bytes) } catch { fault = error }
    }
    if let fault { throw fault }
  }
}
