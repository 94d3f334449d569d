public import AccessLog

/// All that is wrong or odd about a description of a format, at once.
public struct FormatExam: Sendable {
  /// `nil` where it does not compile.
  public private(set) var reader: (any LineReader)?
  public private(set) var faults: [FormatFault] = []
  /// Variables that the writer's documentation does not know.
  public private(set) var unknownVariables: [UnknownVariable] = []

  public init(_ format: any RecordFormat.Type, _ description: FormatDescription) {
    do throws(FormatFault) {
      reader = try format.reader(for: description)
    } catch {
      faults = Self.faults(of: format, description, error)
    }
    var template = description
    template.identity = []
    // Of a template that does not compile the fault is told already.
    unknownVariables = (try? format.unknownVariables(in: template)) ?? []
  }

  /// The first fault, and where that is about an identity field, those of the others, too.
  private static func faults(
    of format: any RecordFormat.Type, _ description: FormatDescription, _ first: FormatFault
  ) -> [FormatFault] {
    guard first.identityIndex != nil else { return [first] }
    let all = description.identity.indices.compactMap { index -> FormatFault? in
      var alone = description
      alone.identity = [description.identity[index]]
      do throws(FormatFault) {
        _ = try format.reader(for: alone)
        return nil
      } catch {
        var fault = error
        fault.identityIndex = index
        return fault
      }
    }
    return all.isEmpty ? [first] : all
  }
}
