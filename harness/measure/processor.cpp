// The processor's part of environment.hpp: model, cores, caches, frequency.
#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/measure/environment.hpp"
#include "harness/measure/kernel_text.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

using Path = std::filesystem::path;
using Json = nlohmann::json;

// "0-1,4" names three CPUs.
std::optional<std::uint64_t> count_cpu_list(std::string_view list) {
  std::uint64_t count = 0;
  while (!list.empty()) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(std::min(range.size() + 1, list.size()));
    const std::size_t dash = range.find('-');
    const auto first = number(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(range.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    count += *last - *first + 1;
  }
  return count == 0 ? std::nullopt : std::optional(count);
}

// "512K", "32M"
std::optional<std::uint64_t> size_bytes(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  const std::uint64_t factor = unit == 'K'   ? 1U << 10U
                               : unit == 'M' ? 1U << 20U
                               : unit == 'G' ? 1U << 30U
                                             : 1;
  if (factor != 1) text.remove_suffix(1);
  const auto value = number(text);
  return value ? std::optional(*value * factor) : std::nullopt;
}

std::optional<std::uint64_t> number_in(const Path& file) { return number(read_line(file).value_or("")); }
std::optional<std::uint64_t> cpu_count_in(const Path& file) {
  return count_cpu_list(read_line(file).value_or(""));
}

std::optional<std::string> text_field(std::string_view text, std::string_view name) {
  const std::optional<std::string_view> value = field(text, name);
  return value && !value->empty() ? std::optional(std::string(*value)) : std::nullopt;
}

std::optional<double> decimal(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  double value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

Json caches_of(const Path& cpu) {
  std::vector<Path> folders;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(cpu / "cache", error)) {
    if (entry.path().filename().string().starts_with("index")) folders.push_back(entry.path());
  }
  if (folders.empty()) return kUnavailable;
  std::sort(folders.begin(), folders.end());
  Json caches = Json::array();
  for (const Path& folder : folders) {
    caches.push_back({{"level", or_unavailable(number_in(folder / "level"))},
                      {"type", or_unavailable(read_line(folder / "type"))},
                      {"bytes", or_unavailable(size_bytes(read_line(folder / "size").value_or("")))},
                      {"line_bytes", or_unavailable(number_in(folder / "coherency_line_size"))},
                      {"shared_by_cpus", or_unavailable(cpu_count_in(folder / "shared_cpu_list"))}});
  }
  return caches;
}

}  // namespace

Json describe_processor(const Path& root) {
  const Path folder = root / "sys/devices/system/cpu";
  const std::string info = read_text(root / "proc/cpuinfo").value_or("");
  const std::optional<std::string> flags = text_field(info, "flags");
  std::optional<bool> virtual_machine;
  if (flags) {
    const std::vector<std::string_view> names = words(*flags);
    virtual_machine = std::find(names.begin(), names.end(), "hypervisor") != names.end();
  }
  const std::optional<std::string> smt = read_line(folder / "smt/active");
  const Path frequency = folder / "cpu0/cpufreq";
  return {{"model", or_unavailable(text_field(info, "model name"))},
          {"vendor", or_unavailable(text_field(info, "vendor_id"))},
          {"microcode", or_unavailable(text_field(info, "microcode"))},
          {"mhz", or_unavailable(decimal(text_field(info, "cpu MHz")))},
          {"online", or_unavailable(cpu_count_in(folder / "online"))},
          {"usable", usable_cpus()},
          {"smt", smt ? Json(*smt == "1") : Json(kUnavailable)},
          {"virtual_machine", or_unavailable(virtual_machine)},
          {"caches", caches_of(folder / "cpu0")},
          {"governor", or_unavailable(read_line(frequency / "scaling_governor"))},
          {"frequency_driver", or_unavailable(read_line(frequency / "scaling_driver"))},
          {"boost", or_unavailable(number_in(folder / "cpufreq/boost"))}};
}

}  // namespace baton
