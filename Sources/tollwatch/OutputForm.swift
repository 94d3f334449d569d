import ArgumentParser

/// What a command prints: objects for programs, or text for people.
enum OutputForm: String, ExpressibleByArgument, CaseIterable { case json, text }
