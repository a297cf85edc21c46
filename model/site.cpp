#include "model/site.hpp"

namespace baton::model {

std::string_view to_string(Access access) {
  switch (access) {
    case Access::load:
      return "load";
    case Access::store:
      return "store";
    case Access::exchange:
      return "exchange";
    case Access::fetch_add:
      return "fetch_add";
    case Access::fetch_sub:
      return "fetch_sub";
    case Access::cas:
      return "compare-exchange";
    case Access::cas_failed:
      return "failed compare-exchange";
    case Access::wait:
      return "wait";
  }
  return "?";
}

std::string_view to_string(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_consume:
      return "consume";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
  }
  return "?";
}

std::string to_string(const OrderSite& site) {
  return site.file + ":" + std::to_string(site.line) + " " + site.function + ", " +
         std::string(to_string(site.access)) + ": " + std::string(to_string(site.order));
}

}  // namespace baton::model
