extension JSONLineReader {
  /// A reader of the objects that `template` describes: their keys say which value is which
  /// variable, whatever their order.
  ///
  /// - Parameter hasBareValues: the writer fills a template, which leaves out or repeats what
  ///   belongs between a colon and a comma.
  init(
    _ template: Template, _ plan: VariablePlan, _ object: JSONTemplate,
    _ description: FormatDescription, hasBareValues: Bool
  ) throws(FormatFault) {
    var map = JSONFieldMap()
    for (index, variable) in template.variables.enumerated() {
      let identity = plan.identitySlots[index]
      if let place = object.places[index] { map.setHiding(plan.hiding(index), at: place) }
      guard let path = object.paths[index] else {
        guard identity == .ignored else { throw Self.sharedValue(of: variable) }
        continue
      }
      var use = plan.uses[index]
      let isSpare = use.slot == .ignored || use.slot == .spareAddress
      if !isSpare {
        map.add(path, use, rank: 0)
      } else if variable.slot == .address {
        // Where the better one is empty: without the PROXY protocol its address is.
        use.slot = .address
        map.add(path, use, rank: 1 + variable.rank)
      }
      if identity != .ignored {
        use.slot = identity
        map.add(path, use, rank: 0)
      }
    }
    self.init(
      map, queryIdentities: plan.queryIdentities, hasBareValues: hasBareValues,
      escapesBytes: description.escapesBytes,
      stampMoment: plan.moment, zone: description.zone)
  }

  private static func sharedValue(of variable: TemplateVariable) -> FormatFault {
    FormatFault(
      "the identity \(variable.name) shares its value with other text", at: variable.offset,
      suggestion: "\"\(variable.name.dropFirst())\":\"\(variable.name)\"")
  }
}
