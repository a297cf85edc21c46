// Compares what Baton wrote with what hdr-histogram-js makes of it. Usage: node read_back.mjs DIRECTORY
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import hdr from "hdr-histogram-js";

const directory = process.argv[2];
const read = (name) => readFileSync(join(directory, name), "utf8");
const log = read("all.hlog");
const expected = JSON.parse(read("expected.json"));

const buckets = (histogram) => {
  const found = [];
  const iterator = histogram.recordedValuesIterator;
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    found.push([valueIteratedTo, countAtValueIteratedTo]);
  }
  return found;
};

// The library writes as many decimals as there are significant digits, Baton three: compare numbers, not spelling.
const rows = (text) => text.split("\n").slice(2).filter((line) => line && !line.startsWith("#")).map((line) => line.trim().split(/ +/).map(Number));
const near = (actual, wanted, tolerance, what) => assert.ok(Math.abs(actual - wanted) <= tolerance, `${what}: ${actual} instead of ${wanted}`);

assert.deepEqual(hdr.listTags(log).sort(), Object.keys(expected).sort(), "tags");
for (const [name, holds] of Object.entries(expected)) {
  const lines = log.split("\n").filter((line) => !line.startsWith("Tag=") || line.startsWith(`Tag=${name},`));
  const histogram = new hdr.HistogramLogReader(lines.join("\n"), 64, false).nextIntervalHistogram();
  assert.equal(histogram.tag, name);
  assert.equal(histogram.totalCount, holds.count, `${name}: count`);
  assert.deepEqual(buckets(histogram), holds.buckets, `${name}: buckets`);
  assert.equal(histogram.numberOfSignificantValueDigits, 2, `${name}: digits`);
  if (holds.count === 0) continue;
  near(histogram.mean, holds.mean, 0.01 * holds.mean + 1, `${name}: mean`);
  for (const percent of [50, 99]) {
    assert.equal(Math.min(histogram.getValueAtPercentile(percent), holds.max), holds[`p${percent}`], `${name}: p${percent}`);
  }
  const written = rows(read(`${name}.txt`));
  const wanted = rows(histogram.outputPercentileDistribution(5, 1000));
  assert.equal(written.length, wanted.length, `${name}: lines of percentiles`);
  written.forEach(([value, percentile, count], line) => {
    near(value, wanted[line][0], 0.006, `${name}: value in line ${line}`);
    near(percentile, wanted[line][1], 1e-11, `${name}: percentile in line ${line}`);
    assert.equal(count, wanted[line][2], `${name}: count in line ${line}`);
  });
}
console.log(`${Object.keys(expected).length} histograms read back`);
