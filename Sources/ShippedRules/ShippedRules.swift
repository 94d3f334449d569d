/// The rules of the folder `Rules`, built into the binary.
public enum ShippedRules {
  /// File name and bytes of each, in the order of the names.
  public static let all: [(name: String, bytes: [UInt8])] = [
    ("key-traffic-drop.yaml", PackageResources.key_traffic_drop_yaml),
    ("key-traffic-spike.yaml", PackageResources.key_traffic_spike_yaml),
    ("orders-without-quotes.yaml", PackageResources.orders_without_quotes_yaml),
    ("over-tier.yaml", PackageResources.over_tier_yaml),
    ("supplier-traffic-drop.yaml", PackageResources.supplier_traffic_drop_yaml),
    ("supplier-traffic-spike.yaml", PackageResources.supplier_traffic_spike_yaml),
  ]
}
