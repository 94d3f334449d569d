import AccessLog

// Series too thin to judge, at the end of a window: what they sent together is judged at their
// supplier, or at all traffic.
extension Engine {
  /// What series at monitor `parent` show on behalf of thinner ones is told where those made it.
  mutating func judgeForThin(
    _ found: [VolumeMonitor.ThinFinding], parent: Int, at second: Int64
  ) {
    var children: [Int: [Entity: ThinChildren]] = [:]
    for finding in found {
      let rule = finding.judge.rule
      if children[rule] == nil {
        children[rule] = thinChildren(of: parent, finding.judge, finding.moment.window, second)
      }
      let entity = volumes[parent].series[finding.habit].entity
      guard let below = children[rule]?[entity] else { continue }
      volumes[parent].report(finding, below, &context)
    }
  }

  /// The thin series below each series of monitor `parent`, in the window that ended.
  private func thinChildren(
    of parent: Int, _ judge: VolumeJudge, _ window: Int64, _ second: Int64
  ) -> [Entity: ThinChildren] {
    guard let home = volumes.firstIndex(where: { $0.judges.contains { $0.rule == judge.rule } })
    else { return [:] }
    var children: [Entity: ThinChildren] = [:]
    volumes[home].forEachThin(judge, in: window) { entity, count in
      let above = self.parent(of: entity, home, judge, at: second * 1000)
      guard let above, above.monitor == parent,
        context.judges(judge.rule, entity, at: second * 1000)
      else { return }
      children[above.entity, default: ThinChildren(top: entity)].add(entity, count)
    }
    return children
  }

  /// Where a thin series is judged: at its supplier, unless that is too thin itself.
  private func parent(
    of entity: Entity, _ home: Int, _ judge: VolumeJudge, at now: Int64
  ) -> (monitor: Int, entity: Entity)? {
    if let monitor = volumes[home].supplierMonitor, entity.type != .supplier,
      let supplier = context.supplier(of: entity, at: now)
    {
      let above = Entity(type: .supplier, index: UInt32(supplier))
      if !volumes[monitor].isThin(above, for: judge) { return (monitor, above) }
    }
    return volumes[home].globalMonitor.map { ($0, .all) }
  }
}
