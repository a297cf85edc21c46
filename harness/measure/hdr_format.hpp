// Histograms in the formats of HdrHistogram (hdrhistogram.github.io/HdrHistogram), so that its tools read and
// plot them: plotters take the percentile text, log analysers the log.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>

#include "harness/measure/histogram.hpp"

namespace baton {

// The percentile distribution as text: value, percentile, number of values up to it, 1/(1-percentile).
// `values_per_unit` divides every value: 1e6 shows nanoseconds as milliseconds. `steps_per_half`: lines for
// each halving of the distance to 100 %.
void write_percentile_distribution(std::ostream& out, const Histogram& histogram,
                                   double values_per_unit = 1e6, unsigned steps_per_half = 5);

// The V2 compressed encoding in base64, one line without a break. Values beyond 2^63 cannot be told there and
// count as the largest that can. Throws std::runtime_error if zlib has no memory.
[[nodiscard]] std::string encode_hdr(const Histogram& histogram);

// One line of a histogram log: what was recorded in an interval.
struct HdrLogEntry {
  std::string
      tag;  // tells histograms of one interval apart; empty, or without commas, blanks and line breaks
  double start_s = 0;  // since the log's start
  double length_s = 0;
  const Histogram* histogram = nullptr;
};

// A histogram log, format 1.3, with the longest value of each interval in milliseconds. `start_epoch_s`:
// seconds since 1970. Throws std::invalid_argument for a tag that would break a line.
void write_hdr_log(std::ostream& out, double start_epoch_s, std::span<const HdrLogEntry> entries);

}  // namespace baton
