/// A row of a result while it is being looked at. Columns count from 0. Reading one as a type it
/// does not have is an error and never a conversion.
package protocol Row {
  var columnCount: Int { get }
  func isNull(_ column: Int) -> Bool
  func integer64(_ column: Int) throws(DatabaseError) -> Int64
  /// Of an integer too.
  func real(_ column: Int) throws(DatabaseError) -> Double
  func text(_ column: Int) throws(DatabaseError) -> String
  func blob(_ column: Int) throws(DatabaseError) -> [UInt8]
}

extension Row {
  package func integer(_ column: Int) throws(DatabaseError) -> Int {
    Int(try integer64(column))
  }

  package func flag(_ column: Int) throws(DatabaseError) -> Bool { try integer64(column) != 0 }

  package func integerIfAny(_ column: Int) throws(DatabaseError) -> Int? {
    isNull(column) ? nil : try integer(column)
  }

  package func realIfAny(_ column: Int) throws(DatabaseError) -> Double? {
    isNull(column) ? nil : try real(column)
  }

  package func textIfAny(_ column: Int) throws(DatabaseError) -> String? {
    isNull(column) ? nil : try text(column)
  }

  package func blobIfAny(_ column: Int) throws(DatabaseError) -> [UInt8]? {
    isNull(column) ? nil : try blob(column)
  }
}
