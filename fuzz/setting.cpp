// Values of settings as they stand on the command line: "section.key=value".
#include "harness/trial/setting.hpp"
#include "fuzz/configs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton;
  const std::string_view text = fuzz::text_of(data, size);
  if (text.find('\0') != std::string_view::npos) return 0;  // cannot be an argument of a program
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::size_t dot = std::min(text.find('.'), equals);
  const trial::Setting* setting = trial::find_setting(
      text.substr(0, dot), text.substr(std::min(dot + 1, equals), equals - std::min(dot + 1, equals)));
  if (setting == nullptr || equals == text.size()) return 0;
  trial::TrialConfig config;
  try {
    trial::accept(*setting, config, trial::parse_value(*setting, text.substr(equals + 1)));
  } catch (const BadInput& refusal) {
    fuzz::require(std::string_view(refusal.what()).find("; valid is ") != std::string_view::npos,
                  "a refusal says what is valid");
    return 0;
  }
  fuzz::require_sound(config);
  const trial::Value value = setting->get(config);
  trial::TrialConfig again;
  trial::accept(*setting, again, trial::parse_value(*setting, trial::to_text(value)));
  fuzz::require(setting->get(again) == value, "a value as text is the same value");
  return 0;
}
