internal import CMalloc

/// The memory that a checkpoint takes: while a state is being written, what changes of it is copied.
public enum CheckpointMemory {
  /// From now on memory of earlier copies is used again instead of given back to the system, which
  /// hands out memory in small pages that are made empty one by one: the copying took twice as long.
  /// What a process needed once it keeps.
  public static func keep() {
    mallopt(M_MMAP_MAX, 0)
    mallopt(M_TRIM_THRESHOLD, Int32.max)
  }
}
