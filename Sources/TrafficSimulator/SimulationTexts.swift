/// The files beside the logs of a simulation.
enum SimulationTexts {
  static func registry(_ simulation: Simulation) -> String {
    let fleet = simulation.fleet
    var text = "# Who calls the simulated gateway. The keys are made up.\ntiers:\n"
    for tier in Tier.all {
      text += "  \(tier.name): {rate_per_second: \(tier.ratePerSecond), burst: \(tier.burst), "
      text += "limiter: bucket}\n"
    }
    text += "suppliers:\n"
    for supplier in fleet.suppliers {
      text += "  \(supplier.name): {timezone: \(supplier.zone.name), "
      text += "contact: ops@\(supplier.name).example}\n"
    }
    text += "keys:\n"
    for key in fleet.keys {
      // The log names a key by its secret, or by its name where the format has no header.
      text += "  - {key: \(simulation.options.isCombined ? key.name : key.secret), "
      text += "name: \(key.name), supplier: \(fleet.suppliers[key.supplier].name), "
      text += "tier: \(key.tier.name), environment: \(key.environment)}\n"
    }
    return text
  }

  static func configuration(_ simulation: Simulation) -> String {
    let format =
      simulation.options.isCombined
      ? "    format: combined\n    identity: [$remote_user]\n"
      : "    format: nginx\n    log_format: '\(Gateway.template)'\n"
        + "    identity: [$http_x_api_key]\n"
    return """
      sources:
        - name: edge
          paths: ["access.log-*.gz"]
      \(format)registry: [registry.yaml]
      rules: [rules.yaml]
      shipped_rules: off

      """
  }

  /// JSON, an incident a line.
  static func labels(_ simulation: Simulation) -> String {
    let rows = simulation.incidents.map { incident in
      let fields = [
        ("kind", incident.kind.rawValue), ("entity_type", incident.entityType.rawValue),
        ("entity", incident.entity), ("supplier", incident.supplier),
        ("start", CivilTime.rfc3339(second: incident.start)),
        ("end", CivilTime.rfc3339(second: incident.end)),
        ("strength", incident.strength.rawValue),
      ]
      return "  {" + fields.map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
        + ", \"factor\": \(incident.factor), \"findable\": \(incident.isFindable), \"also\": ["
        + incident.also.map { "\"\($0)\"" }.joined(separator: ", ") + "]}"
    }
    return rows.isEmpty ? "[]\n" : "[\n" + rows.joined(separator: ",\n") + "\n]\n"
  }
}
