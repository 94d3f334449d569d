import Ingest
import Testing

struct FingerprintTests {
  let content = SampleText.lines(200)

  @Test func `only the first bytes count`() {
    let head = Array(content.prefix(Fingerprint.byteCountMax))
    let fingerprint = Fingerprint(head: head)
    #expect(fingerprint.isFinal)
    #expect(fingerprint == Fingerprint(head: content))
    for index in stride(from: 0, to: head.count, by: 65) {
      var other = head
      other[index] ^= 1
      #expect(Fingerprint(head: other) != fingerprint)
    }
  }

  @Test func `leading comment lines do not count`() {
    let header = Array("#Version: 1.0\n#Fields: date time\n".utf8)
    #expect(Fingerprint(head: header + content) == Fingerprint(head: content))
    #expect(Fingerprint(head: header).byteCount == 0)
    #expect(Fingerprint(head: Array("# no end".utf8)).byteCount == 0)
  }

  @Test func `a short segment has another fingerprint once it has grown`() {
    let short = Fingerprint(head: Array(content.prefix(100)))
    #expect(!short.isFinal && short.byteCount == 100)
    #expect(short != Fingerprint(head: Array(content.prefix(101))))
  }

  @Test func `the hash is the published one`() {
    // FNV-1a test vectors of its authors (Fowler, Noll, Vo).
    #expect(Fingerprint(head: []).hash == 0xcbf2_9ce4_8422_2325)
    #expect(Fingerprint(head: Array("a".utf8)).hash == 0xaf63_dc4c_8601_ec8c)
    #expect(Fingerprint(head: Array("foobar".utf8)).hash == 0x8594_4171_f739_67e8)
  }
}
