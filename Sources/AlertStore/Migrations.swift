import GRDB

/// The tables, as a list of steps that only grows: a step that was ever released is never
/// edited, because databases that took it exist. `user_version` is the number of steps taken.
enum Migrations {
  /// `TolW`: says in the file's header whose database this is.
  static let applicationID: Int32 = 0x546F_6C57

  static let all: [String] = [first]

  /// Takes the missing steps, each in a transaction of its own.
  static func run(_ db: Database, from version: Int, createdBy: String) throws {
    for number in version..<all.count {
      try db.inTransaction(.immediate) {
        try db.execute(sql: all[number])
        if number == 0 {
          try db.execute(sql: "PRAGMA application_id = \(applicationID)")
          try Meta.set(.createdBy, createdBy, in: db)
        }
        try db.execute(sql: "PRAGMA user_version = \(number + 1)")
        return .commit
      }
    }
  }

  /// Times are milliseconds of event time, UTC. A number that is infinite or none at all is NULL.
  /// The history repeats the columns of `alerts`, so that a reader may join or union them.
  private static let first = """
    CREATE TABLE meta (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE alerts (
      id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
      \(alertColumns)
    ) STRICT;
    CREATE INDEX alerts_started_at ON alerts (started_at);
    CREATE INDEX alerts_rule ON alerts (rule_id, started_at);
    CREATE INDEX alerts_entity ON alerts (entity_type, entity, started_at);

    CREATE TABLE alert_history (
      id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
      \(alertColumns),
      PRIMARY KEY (id, revision)
    ) STRICT;

    CREATE TABLE evidence (
      alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
      source TEXT NOT NULL,
      line TEXT NOT NULL,
      line_hash TEXT NOT NULL,
      unverified INTEGER NOT NULL CHECK (unverified IN (0, 1)),
      file TEXT,
      offset INTEGER NOT NULL,
      segment_index INTEGER NOT NULL,
      PRIMARY KEY (alert_id, ordinal)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE journal (
      sequence INTEGER PRIMARY KEY,
      event_time INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind <> ''),
      source TEXT,
      body TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX journal_content
      ON journal (event_time, kind, ifnull(source, ''), body);

    CREATE TABLE coverage (
      source TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('analysed', 'gap')),
      started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL CHECK (ended_at >= started_at),
      parsed INTEGER NOT NULL CHECK (parsed >= 0),
      unparsed INTEGER NOT NULL CHECK (unparsed >= 0),
      late INTEGER NOT NULL CHECK (late >= 0),
      unverified INTEGER NOT NULL CHECK (unverified >= 0),
      reason TEXT,
      PRIMARY KEY (source, kind, started_at)
    ) STRICT, WITHOUT ROWID;
    """

  private static let alertColumns = """
    revision INTEGER NOT NULL CHECK (revision >= 1),
      rule_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      severity TEXT NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
      entity_type TEXT NOT NULL,
      entity TEXT NOT NULL,
      supplier TEXT,
      tier TEXT,
      state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'shadow')),
      started_at INTEGER NOT NULL,
      detected_at INTEGER NOT NULL,
      ended_at INTEGER,
      observed REAL,
      expected_low REAL,
      expected_mid REAL,
      expected_high REAL,
      unit TEXT NOT NULL,
      score REAL,
      reason TEXT NOT NULL,
      rule_hash TEXT NOT NULL,
      sample_size INTEGER NOT NULL CHECK (sample_size >= 0),
      learning INTEGER NOT NULL CHECK (learning IN (0, 1)),
      application TEXT,
      revised_at INTEGER NOT NULL
    """
}
