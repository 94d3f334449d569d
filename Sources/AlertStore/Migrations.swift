import GRDB

/// The tables, as a list of steps that only grows: a step that was ever released is never
/// edited, because databases that took it exist. `user_version` is the number of steps taken.
enum Migrations {
  /// `TolW`: says in the file's header whose database this is.
  static let applicationID: Int32 = 0x546F_6C57

  static let all: [String] = [first, usage, picture, live, base, pages]

  /// The step that brought what a service says of itself.
  static let versionOfService = 4
  /// The step that let a journal begin later than its service.
  static let versionOfBase = 5
  /// The step that cut the states of checkpoints into pages.
  static let versionOfPages = 6

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

  /// Usage by the hour. What is counted is told apart by the file that told of it, so that a
  /// second replay of a file replaces its own account and that of another file adds to it. Who
  /// asked for what stands once, in `usage_series`; the view `usage` puts it all together.
  private static let usage = """
    CREATE TABLE usage_parts (
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL,
      file TEXT NOT NULL,
      head_bytes INTEGER NOT NULL CHECK (head_bytes >= 0),
      head_hash TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX usage_parts_content ON usage_parts (source, head_hash, head_bytes);

    CREATE TABLE usage_series (
      id INTEGER PRIMARY KEY,
      key TEXT,
      key_type TEXT CHECK (key_type IN ('key', 'client_ip')),
      supplier TEXT,
      application TEXT,
      api TEXT,
      route TEXT,
      version TEXT,
      network TEXT
    ) STRICT;
    CREATE UNIQUE INDEX usage_series_content ON usage_series (
      ifnull(key, ''), ifnull(key_type, ''), ifnull(supplier, ''), ifnull(application, ''),
      ifnull(api, ''), ifnull(route, ''), ifnull(version, ''), ifnull(network, ''));

    CREATE TABLE usage_hours (
      hour INTEGER NOT NULL,
      part INTEGER NOT NULL REFERENCES usage_parts (id) ON DELETE CASCADE,
      series INTEGER NOT NULL REFERENCES usage_series (id) ON DELETE CASCADE,
      requests INTEGER NOT NULL CHECK (requests >= 0),
      client_errors INTEGER NOT NULL,
      server_errors INTEGER NOT NULL,
      throttled INTEGER NOT NULL,
      bytes_in INTEGER NOT NULL,
      bytes_out INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      PRIMARY KEY (hour, part, series)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW usage AS
    SELECT hour, source, file, key, key_type, supplier, application, api, route, version, network,
      requests, client_errors, server_errors, throttled, bytes_in, bytes_out, last_at
    FROM usage_hours
      JOIN usage_series ON usage_series.id = series
      JOIN usage_parts ON usage_parts.id = part;
    """

  /// What draws an alert, of its latest revision: JSON, or NULL where none was kept.
  private static let picture = "ALTER TABLE alerts ADD COLUMN picture TEXT"

  /// What a service goes on from: how far each log was read, and what its engine knew then. Numbers
  /// that are hashes are the 64 bits of them, signed.
  private static let live = """
    CREATE TABLE read_positions (
      is_checkpoint INTEGER NOT NULL CHECK (is_checkpoint IN (0, 1)),
      source TEXT NOT NULL,
      ordinal INTEGER NOT NULL,
      head_hash INTEGER NOT NULL,
      head_bytes INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      tail_hash INTEGER NOT NULL,
      first_time INTEGER,
      finished INTEGER NOT NULL CHECK (finished IN (0, 1)),
      PRIMARY KEY (is_checkpoint, source, ordinal)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoint (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      plan TEXT NOT NULL,
      state BLOB NOT NULL
    ) STRICT;

    CREATE TABLE service (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// Where the journal begins: what an engine knew behind the entry `ordinal`, before which entries
  /// were dropped.
  private static let base = """
    CREATE TABLE journal_base (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      ordinal INTEGER NOT NULL,
      plan TEXT NOT NULL,
      state BLOB NOT NULL
    ) STRICT;
    """

  /// Pages of states, of which one checkpoint after the other changes some. A state of before this
  /// step stands whole in its row, and has none. What a page is known by comes first, so that looking
  /// for it reads no content.
  private static let pages = """
    CREATE TABLE checkpoint_pages (
      id INTEGER PRIMARY KEY,
      section TEXT NOT NULL,
      number INTEGER NOT NULL,
      checksum INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX checkpoint_pages_name ON checkpoint_pages (section, number, checksum);

    CREATE TABLE checkpoint_contents (
      is_base INTEGER NOT NULL CHECK (is_base IN (0, 1)),
      page INTEGER NOT NULL REFERENCES checkpoint_pages (id),
      PRIMARY KEY (is_base, page)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX checkpoint_contents_page ON checkpoint_contents (page);
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
