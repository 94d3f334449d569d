import Foundation
import Glibc

/// What an open descriptor shows text on: a terminal of some width, or nothing that is known.
///
/// Ask ``columns`` whenever something is drawn; a person may have resized the window.
public struct Screen: Sendable {
  /// What is assumed of a terminal that does not tell its width.
  public static let columnsAssumed = 80

  public let descriptor: Int32
  public let isTerminal: Bool
  /// Whether colour is wanted: never off a terminal, nor with `NO_COLOR` set to anything
  /// (no-color.org), nor on a terminal that says it can do nothing (`TERM=dumb`, or none).
  public let isColored: Bool
  /// Whether the cursor can be moved to draw a line again in place.
  public let canRedraw: Bool

  public init(descriptor: Int32) {
    self.init(
      descriptor: descriptor, isTerminal: isatty(descriptor) == 1,
      environment: ProcessInfo.processInfo.environment)
  }

  init(descriptor: Int32, isTerminal: Bool, environment: [String: String]) {
    self.descriptor = descriptor
    self.isTerminal = isTerminal
    let name = environment["TERM"] ?? ""
    canRedraw = isTerminal && !name.isEmpty && name != "dumb"
    isColored = canRedraw && environment["NO_COLOR"]?.isEmpty != false
  }

  public static let output = Screen(descriptor: 1)
  public static let error = Screen(descriptor: 2)

  /// Width of the window in columns; `nil` where text is read by a program, which wants it
  /// whole.
  public var columns: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return Self.columnsAssumed
    }
    return Int(size.ws_col)
  }
}
