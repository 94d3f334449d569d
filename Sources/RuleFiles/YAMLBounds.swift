/// How much a rule file may hold.
public enum YAMLBounds {
  public static let mebibytes = YAMLDocument.byteCountMax >> 20
  public static let depth = YAMLDocument.depthMax
}
