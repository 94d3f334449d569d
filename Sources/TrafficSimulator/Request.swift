/// One call, as it reaches the gateway.
struct Request: Hashable, Comparable, Sendable {
  enum Action: UInt8, Sendable {
    case quote, order, readOrder, listProducts, readStock, writeStock
  }

  /// Since 1970.
  var milliseconds: Int
  /// In the fleet's numbering.
  var key: Int
  var action: Action
  /// What is asked for: an article, an order, a page.
  var number: Int

  /// By time; requests that are alike in all of it are one like the other.
  static func < (left: Request, right: Request) -> Bool {
    (left.milliseconds, left.key, left.action.rawValue, left.number)
      < (right.milliseconds, right.key, right.action.rawValue, right.number)
  }
}
