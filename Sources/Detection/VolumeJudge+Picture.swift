import AccessLog
import Baselines

extension VolumeJudge {
  /// Windows that a picture shows even of a verdict on few of them.
  private static let pictureWindowsMin = 32

  /// The counts up to the window judged, twice as far back as the finding reaches, where they
  /// are known. Several windows share one bar where there are too many.
  func picture(
    _ finding: Finding, _ series: borrowing VolumeSeries, at moment: JudgedWindow
  ) -> AlertPicture {
    let known = min(moment.earlier.count, Int(min(moment.windowCount, Int64(Int32.max)))) + 1
    let wanted = min(known, max(2 * finding.windows, Self.pictureWindowsMin))
    let perBar = (wanted + AlertPicture.windowCountMax - 1) / AlertPicture.windowCountMax
    let barCount = max(1, wanted / perBar)
    var bars: [AlertPicture.Window] = []
    bars.reserveCapacity(barCount)
    for age in (0..<barCount).reversed() {
      bars.append(bar(age, of: perBar, series, moment))
    }
    let first = moment.window - Int64(barCount * perBar) + 1
    return AlertPicture(
      windows: bars, windowMilliseconds: Int64(perBar) * moment.shape.windowSeconds * 1000,
      startedAt: EventTime(milliseconds: first * moment.shape.windowSeconds * 1000),
      judgedCount: min(barCount, (finding.windows + perBar - 1) / perBar))
  }

  /// The bar of `count` windows that ends `age` bars before the window judged.
  private func bar(
    _ age: Int, of count: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> AlertPicture.Window {
    var sum: Int64 = 0
    for index in age * count..<(age + 1) * count {
      sum += index == 0 ? moment.count : moment.earlier[index - 1]
    }
    let mean = series.baseline.meanSum(
      of: Int64(count), endingWith: moment.window - Int64(age * count), shape: moment.shape,
      zone: moment.zone)
    let range = CountModel(mean: mean, dispersion: dispersion(count, moment)).usualRange
    return AlertPicture.Window(
      count: Double(sum), low: range.lowerBound, high: range.upperBound)
  }
}
