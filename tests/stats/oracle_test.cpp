// Every function that has a counterpart in scipy or numpy agrees with it. Skipped, and said so, without them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/comparisons.hpp"
#include "harness/stats/dip.hpp"
#include "harness/stats/distributions.hpp"
#include "harness/stats/effect.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/order.hpp"
#include "harness/stats/ratio.hpp"

namespace baton::stats {
namespace {

constexpr const char* kPython = "/usr/bin/python3";  // the one that has the distribution's modules

struct Case {
  std::vector<double> given;
  std::vector<double> expected;
};

struct CloseFile {
  void operator()(std::FILE* file) const { pclose(file); }
};

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, CloseFile> pipe(popen(command.c_str(), "r"));
  std::string text;
  std::array<char, 4096> piece{};
  for (std::size_t n = 0; pipe && (n = std::fread(piece.data(), 1, piece.size(), pipe.get())) > 0;) {
    text.append(piece.data(), n);
  }
  return text;
}

// The sanitizer's library is not for the child.
std::string python(const std::string& arguments) {
  std::string command = "env -u LD_PRELOAD ";
  command.append(kPython).append(" ").append(arguments);
  return output_of(command);
}

std::vector<Case> read_cases(const std::string& text) {
  std::vector<Case> cases;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Case one;
    std::vector<double>* target = &one.given;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word == "=") {
        target = &one.expected;
      } else {
        target->push_back(std::stod(word));
      }
    }
    cases.push_back(one);
  }
  return cases;
}

std::size_t whole(double value) { return static_cast<std::size_t>(value); }

std::vector<double> list_at(const std::vector<double>& given, std::size_t at) {
  const auto first = given.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  return {first, first + static_cast<std::ptrdiff_t>(given[at])};
}

std::vector<Slices> trials_at(const std::vector<double>& given, std::size_t at) {
  std::vector<Slices> trials;
  for (const double value : list_at(given, at)) trials.push_back({value});
  return trials;
}

class Oracle : public ::testing::Test {
 protected:
  void SetUp() override {
    if (python("-c 'import numpy, scipy; print(1)' 2>/dev/null") != "1\n") {
      GTEST_SKIP() << kPython
                   << " does not import numpy and scipy; nothing was compared. On Debian: apt-get install "
                      "python3-scipy";
    }
  }

  // Compares what `ours` answers in all cases of that name.
  template <class Ours>
  static void agree(const std::string& name, double relative, Ours ours) {
    const std::filesystem::path script = BATON_STATS_ORACLE;
    const std::vector<Case> cases = read_cases(python(script.string().append(" ").append(name)));
    ASSERT_FALSE(cases.empty()) << "the oracle said nothing of " << name;
    for (const Case& one : cases) {
      const std::vector<double> answer = ours(one.given);
      ASSERT_EQ(answer.size(), one.expected.size()) << name;
      for (std::size_t i = 0; i < answer.size(); ++i) {
        const double tolerance = relative * std::max(1e-6, std::fabs(one.expected[i]));
        EXPECT_NEAR(answer[i], one.expected[i], tolerance) << name << ", number " << i;
      }
    }
  }
};

using Given = const std::vector<double>&;

TEST_F(Oracle, AgreesOnDistributions) {
  // scipy 1.10 itself is off by 1e-9 and more: tan(0.4995 pi) is 636.6192487687, it says 636.61924943.
  agree("student_two_sided", 1e-8, [](Given g) { return std::vector{student_two_sided(g[0], g[1])}; });
  agree("student_p_value", 1e-9, [](Given g) { return std::vector{student_p_value(g[0], g[1])}; });
  agree("binomial_cdf", 1e-9,
        [](Given g) { return std::vector{binomial_cdf(whole(g[0]), whole(g[1]), g[2])}; });
}

TEST_F(Oracle, AgreesOnGammaDerivatives) {
  agree("digamma", 1e-12, [](Given g) { return std::vector{digamma(g[0])}; });
  agree("trigamma", 1e-12, [](Given g) { return std::vector{trigamma(g[0]), inverse_trigamma(g[0])}; });
}

TEST_F(Oracle, AgreesOnTheSpreadThatQuestionsHaveInCommon) {
  agree("common_spread", 1e-8, [](Given g) {
    std::vector<Spread> questions;
    for (std::size_t i = 0; i + 1 < g.size(); i += 2) questions.push_back({g[i], g[i + 1]});
    const auto common = common_spread(questions).value();
    return std::vector{common.variance, common.degrees};
  });
}

TEST_F(Oracle, AgreesOnTheMidmean) {
  agree("midmean", 1e-12, [](Given g) { return std::vector{midmean(list_at(g, 0))}; });
}

TEST_F(Oracle, AgreesOnQuantilesAndTheirRanks) {
  agree("quantile", 1e-12,
        [](Given g) { return std::vector{quantile_of_sorted(list_at(g, 1), g[0]).value()}; });
  agree("quantile_ranks", 0, [](Given g) {
    const Ranks ranks = quantile_ranks(whole(g[0]), g[1], g[2]).value();
    return std::vector{static_cast<double>(ranks.low), static_cast<double>(ranks.high)};
  });
}

TEST_F(Oracle, AgreesOnTheRatioOfFewTrials) {
  agree("ratio", 1e-9, [](Given g) {
    const Ratio ratio = estimate_ratio(trials_at(g, 0), {}).value();
    EXPECT_EQ(ratio.method, Method::student);
    return std::vector{ratio.log, ratio.log_interval.low, ratio.log_interval.high, ratio.p_value};
  });
}

TEST_F(Oracle, AgreesOnTheBootstrapWithAllSamplesThereAre) {
  agree("bootstrap", 0.04, [](Given g) {  // a million of the 3 million samples
    const auto trials = trials_at(g, 0);
    const auto bootstrap = StudentisedBootstrap::make(trials, {.finest_level = 0.99999, .seed = 3}).value();
    const Ratio ratio = estimate_ratio(trials, {.level = 0.99999, .seed = 3}).value();
    return std::vector{bootstrap.critical(0.9).value(), bootstrap.critical(0.95).value(), ratio.p_value};
  });
}

TEST_F(Oracle, AgreesOnTheBootstrapOverTrialsAndSlices) {
  agree("bootstrap_over_slices", 0.02, [](Given g) {
    const std::vector<double> values = list_at(g, 1);
    std::vector<Slices> trials;
    for (std::size_t i = 0; i < values.size(); i += whole(g[0])) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(i);
      trials.emplace_back(first, first + static_cast<std::ptrdiff_t>(g[0]));
    }
    const auto bootstrap = StudentisedBootstrap::make(trials, {.finest_level = 0.9999, .seed = 3}).value();
    return std::vector{bootstrap.critical(0.9).value(), bootstrap.critical(0.95).value()};
  });
}

TEST_F(Oracle, AgreesOnHolm) {
  agree("holm", 1e-12, [](Given g) { return holm(list_at(g, 0)).value(); });
}

TEST_F(Oracle, AgreesOnCliffsDelta) {
  agree("cliffs_delta", 1e-12, [](Given g) {
    const auto baseline = list_at(g, 0);
    return std::vector{cliffs_delta(baseline, list_at(g, baseline.size() + 1)).value()};
  });
}

TEST_F(Oracle, AgreesOnTheDip) {
  agree("dip_statistic", 1e-6, [](Given g) { return std::vector{dip_statistic(list_at(g, 0))}; });
}

}  // namespace
}  // namespace baton::stats
