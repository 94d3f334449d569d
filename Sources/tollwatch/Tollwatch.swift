import ArgumentParser
import AsyncAlgorithms
import Crypto

@main struct Tollwatch: ParsableCommand {
}
