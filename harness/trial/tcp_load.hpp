// What a trial's settings mean to clients and origin over sockets.
#pragma once

#include <string>

#include "harness/load/load_options.hpp"
#include "harness/net/address.hpp"
#include "harness/trial/config.hpp"

namespace baton::trial {

// The query that makes our origin answer with such bodies (origin_target.hpp).
std::string origin_query(const BodyConfig& body);

// The clients of a trial against `address`. Its validity is load::validate's business.
load::LoadOptions load_options(const TrialConfig& config, const net::Address& address);

}  // namespace baton::trial
