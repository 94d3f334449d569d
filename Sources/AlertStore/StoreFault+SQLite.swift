import GRDB

extension StoreFault {
  /// Runs `body` and turns what GRDB throws into a fault of ours.
  static func catching<Result>(
    at path: String, _ body: () throws -> Result
  ) throws(StoreFault) -> Result {
    do {
      return try body()
    } catch let fault as StoreFault {
      throw fault
    } catch let error as DatabaseError {
      // The message alone: the description would show the values of a row.
      throw StoreFault(Reason(error.resultCode), path: path, detail: error.message)
    } catch {
      throw StoreFault(.other, path: path, detail: "\(type(of: error))")
    }
  }
}

extension StoreFault.Reason {
  init(_ code: ResultCode) {
    self =
      switch code {
      case .SQLITE_NOTADB: .notADatabase
      case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse
      case .SQLITE_FULL: .full
      case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
      case .SQLITE_CORRUPT: .damaged
      case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM: .inputOutput
      case .SQLITE_MISUSE: .closed
      case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG: .rejected
      default: .other
      }
  }
}
