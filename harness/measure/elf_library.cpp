#include "harness/measure/elf_library.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace baton {
namespace {

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "32-bit x86";
    case EM_AARCH64:
      return "AArch64";
    case EM_ARM:
      return "32-bit Arm";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "64-bit PowerPC";
    default:
      return fmt::format("machine {}", machine);
  }
}

using Header = ElfW(Ehdr);

std::optional<Header> read_header(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Header header{};
  char bytes[sizeof header];
  if (!in.read(bytes, sizeof bytes)) return std::nullopt;
  std::memcpy(&header, bytes, sizeof header);
  return header;
}

}  // namespace

std::optional<std::string> why_not_loadable(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return "is not there";
  if (!std::filesystem::is_regular_file(file, error)) return "is not a file";
  const auto header = read_header(file);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return std::ifstream(file) ? "is not a shared library (no ELF header)" : "cannot be read";
  }
  const auto ours = read_header("/proc/self/exe");
  if (!ours) return std::nullopt;  // the linker has the last word
  if (header->e_ident[EI_CLASS] != ours->e_ident[EI_CLASS] || header->e_machine != ours->e_machine) {
    return fmt::format("is built for {}, this program for {}", machine_name(header->e_machine),
                       machine_name(ours->e_machine));
  }
  if (header->e_type != ET_DYN) return "is not a shared library (but another kind of ELF file)";
  return std::nullopt;
}

}  // namespace baton
