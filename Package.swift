// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// Every target: Swift 6 mode, warnings are errors, explicit imports.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
]

/// The core adds strict memory safety: `unsafe` shows at each use.
let core = house + [.strictMemorySafety()]

/// ISA-L and zstd are used where their headers are installed; zlib is always there.
func isInstalled(_ header: String) -> Bool {
  ["/usr/include", "/usr/local/include"].contains {
    FileManager.default.fileExists(atPath: "\($0)/\(header)")
  }
}
let hasISAL = isInstalled("isa-l/igzip_lib.h")
let hasZstd = isInstalled("zstd.h")

var ingestDependencies: [Target.Dependency] = ["CZlib", "ReadPermission"]
var ingestSettings = house
var optionalLibraries: [Target] = []
if hasISAL {
  ingestDependencies.append("CISAL")
  ingestSettings.append(.define("ISAL"))
  optionalLibraries.append(
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]))
}
if hasZstd {
  ingestDependencies.append("CZstd")
  ingestSettings.append(.define("ZSTD"))
  optionalLibraries.append(
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]))
}

let package = Package(
  name: "tollwatch",
  products: [.executable(name: "tollwatch", targets: ["tollwatch"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // core: pure and deterministic, no clock, no I/O, no Foundation
    .target(name: "AccessLog", swiftSettings: core),
    .target(name: "Baselines", swiftSettings: core),
    .target(name: "Detection", dependencies: ["AccessLog", "Baselines"], swiftSettings: core),
    .target(
      name: "Pipeline", dependencies: ["AccessLog", "Baselines", "Detection"], swiftSettings: core),

    // edge
    .target(name: "ReadPermission", swiftSettings: house),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Ingest", dependencies: ingestDependencies, swiftSettings: ingestSettings),
    .target(
      name: "RuleFiles",
      dependencies: [
        "AccessLog", "Baselines", "Detection", "ReadPermission",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: house),
    .target(name: "FormatWorkshop", dependencies: ["AccessLog"], swiftSettings: house),
    .target(
      name: "RuleWorkshop", dependencies: ["AccessLog", "Detection", "Pipeline", "RuleFiles"],
      swiftSettings: house),
    .target(
      name: "AlertStore",
      dependencies: [
        "CMalloc", "AccessLog", "Detection", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .target(name: "Terminal", dependencies: ["AccessLog", "Detection"], swiftSettings: house),
    .target(
      name: "Sinks", dependencies: ["AccessLog", "Detection", "Terminal"], swiftSettings: house),
    .target(
      name: "LogSurvey", dependencies: ["AccessLog", "Detection", "Terminal"],
      swiftSettings: house),
    .target(
      name: "Report", dependencies: ["AccessLog", "Detection", "ReadPermission", "Terminal"],
      swiftSettings: house),
    .target(
      name: "ShippedRules", resources: [.embedInCode("pack")], swiftSettings: house),
    .target(name: "TrafficSimulator", dependencies: ["CZlib"], swiftSettings: house),
    .executableTarget(
      name: "tollwatch",
      dependencies: [
        "ShippedRules", "TrafficSimulator", "AccessLog", "Baselines", "Detection", "Pipeline",
        "Ingest",
        "RuleFiles", "RuleWorkshop", "FormatWorkshop", "LogSurvey", "AlertStore", "Sinks",
        "Terminal", "Report", "ReadPermission",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: house),

    .testTarget(name: "AccessLogTests", dependencies: ["AccessLog"], swiftSettings: house),
    .testTarget(name: "BaselinesTests", dependencies: ["Baselines"], swiftSettings: house),
    .testTarget(
      name: "DetectionTests", dependencies: ["Detection", "Baselines", "AccessLog"],
      swiftSettings: house),
    .testTarget(
      name: "PipelineTests", dependencies: ["Pipeline", "Detection", "Baselines", "AccessLog"],
      exclude: ["Golden"], swiftSettings: house),
    .testTarget(
      name: "IngestTests", dependencies: ["Ingest"] + ingestDependencies,
      swiftSettings: ingestSettings),
    .testTarget(
      name: "RuleFilesTests",
      dependencies: ["RuleFiles", "Detection", "Baselines", "AccessLog"],
      exclude: ["Bad"], swiftSettings: house),
    .testTarget(
      name: "FormatWorkshopTests", dependencies: ["FormatWorkshop", "AccessLog"],
      swiftSettings: house),
    .testTarget(
      name: "LogSurveyTests", dependencies: ["LogSurvey", "RuleFiles", "Detection", "AccessLog"],
      swiftSettings: house),
    .testTarget(
      name: "RuleWorkshopTests",
      dependencies: ["RuleWorkshop", "RuleFiles", "Detection", "AccessLog", "ShippedRules"],
      swiftSettings: house),
    .testTarget(
      name: "AlertStoreTests",
      dependencies: [
        "AlertStore", "Detection", "AccessLog", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "SinksTests", dependencies: ["Sinks", "Detection", "AccessLog"], swiftSettings: house),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "AccessLog"], swiftSettings: house),
    .testTarget(
      name: "ReportTests", dependencies: ["Baselines", "Report", "Detection", "AccessLog"],
      swiftSettings: house),
    .testTarget(name: "TidyTests", swiftSettings: house),
    .testTarget(
      name: "TrafficSimulatorTests", dependencies: ["TrafficSimulator"], swiftSettings: house),
    .testTarget(
      name: "ReplayTests",
      dependencies: [
        "tollwatch", "Pipeline", "Detection", "AccessLog", "AlertStore", "RuleFiles",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "TrafficSimulator", "AccessLog", "Baselines", "Detection", "Pipeline", "Ingest",
        "RuleFiles", "ShippedRules", "AlertStore",
      ],
      path: "Tests/Benchmarks",
      exclude: ["run.sh"], swiftSettings: house),
  ] + optionalLibraries
)
