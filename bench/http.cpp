// What the HTTP layer costs per message, beside llhttp alone with callbacks that do nothing.
#include <benchmark/benchmark.h>
#include <llhttp.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/http/forward.hpp"
#include "harness/http/head.hpp"

namespace baton::http {
namespace {

constexpr std::string_view kRequest =
    "GET /assets/images/photo-0123456789.jpg?size=large HTTP/1.1\r\n"
    "Host: www.example.org\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0\r\n"
    "Accept: image/avif,image/webp,*/*\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n"
    "\r\n";
static_assert(kRequest.size() >= 290 && kRequest.size() <= 310);

constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx/1.22.1\r\n"
    "Date: Mon, 21 Nov 2011 11:15:54 GMT\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Length: 1024\r\n"
    "Last-Modified: Mon, 21 Nov 2011 10:00:00 GMT\r\n"
    "Connection: keep-alive\r\n"
    "ETag: \"4eca2000-400\"\r\n"
    "Accept-Ranges: bytes\r\n"
    "\r\n";
static_assert(kResponse.size() >= 240 && kResponse.size() <= 260);

void llhttp_alone(benchmark::State& state, llhttp_type_t type, std::string_view head) {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  const auto ignore = [](llhttp_t*, const char*, std::size_t) { return 0; };
  settings.on_url = settings.on_status = settings.on_header_field = settings.on_header_value = ignore;
  settings.on_headers_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
  llhttp_t parser;
  for ([[maybe_unused]] auto step : state) {
    llhttp_init(&parser, type, &settings);
    benchmark::DoNotOptimize(llhttp_execute(&parser, head.data(), head.size()));
  }
}
BENCHMARK_CAPTURE(llhttp_alone, request, HTTP_REQUEST, kRequest);
BENCHMARK_CAPTURE(llhttp_alone, response, HTTP_RESPONSE, kResponse);

template <class Parser>
void parse(benchmark::State& state, std::string_view head) {
  Parser parser;
  for ([[maybe_unused]] auto step : state) {
    parser.reset();
    if (parser.feed(head) != Parse::complete) state.SkipWithError(parser.error());
    benchmark::DoNotOptimize(parser.head().header_count);
  }
}
void parse_request(benchmark::State& state) { parse<RequestParser>(state, kRequest); }
void parse_response(benchmark::State& state) { parse<ResponseParser>(state, kResponse); }
BENCHMARK(parse_request);
BENCHMARK(parse_response);

void forward_request(benchmark::State& state) {
  RequestParser parser;
  if (parser.feed(kRequest) != Parse::complete) state.SkipWithError(parser.error());
  std::array<char, 1024> memory{};
  for ([[maybe_unused]] auto step : state) {
    HeadWriter out(memory.data(), memory.size());
    write_forwarded_request(out, parser.head(), "origin:80");
    benchmark::DoNotOptimize(out.written().size());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(forward_request);

void forward_response(benchmark::State& state) {
  RequestParser request;
  ResponseParser parser;
  if (request.feed(kRequest) != Parse::complete) state.SkipWithError(request.error());
  if (parser.feed(kResponse) != Parse::complete) state.SkipWithError(parser.error());
  std::array<char, 1024> memory{};
  for ([[maybe_unused]] auto step : state) {
    HeadWriter out(memory.data(), memory.size());
    write_forwarded_response(out, request.head(), parser.head(),
                             client_framing(request.head(), parser.head(), Framing::content_length));
    benchmark::DoNotOptimize(out.written().size());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(forward_response);

// One request's whole share of HTTP: both heads parsed, both written anew.
void exchange(benchmark::State& state) {
  RequestParser request;
  ResponseParser response;
  std::array<char, 1024> memory{};
  for ([[maybe_unused]] auto step : state) {
    request.reset();
    if (request.feed(kRequest) != Parse::complete) state.SkipWithError(request.error());
    HeadWriter to_origin(memory.data(), memory.size());
    write_forwarded_request(to_origin, request.head(), "origin:80");
    benchmark::ClobberMemory();
    response.reset();
    if (response.feed(kResponse) != Parse::complete) state.SkipWithError(response.error());
    const Framing framing = response_framing(request.head().method, response.head());
    HeadWriter to_client(memory.data(), memory.size());
    write_forwarded_response(to_client, request.head(), response.head(),
                             client_framing(request.head(), response.head(), framing));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(exchange);

// 64 KiB of payload in chunks of the given size, as a reader of 16 KiB pieces sees it.
void unchunk(benchmark::State& state) {
  const auto chunk = static_cast<std::size_t>(state.range(0));
  std::string body;
  std::array<char, kChunkHeadBytes> head{};
  for (std::size_t made = 0; made < 64 * 1024; made += chunk) {
    body.append(head.data(), write_chunk_head(head.data(), chunk)).append(chunk, 'x').append(kChunkTail);
  }
  body += kLastChunk;
  BodyFramer framer;
  for ([[maybe_unused]] auto step : state) {
    framer.start(Framing::chunked, 0);
    std::string_view left = body;
    while (!framer.finished()) {
      const BodyFramer::Piece piece = framer.next(left.substr(0, 16 * 1024));
      if (piece.status == BodyFramer::Status::invalid) state.SkipWithError("invalid");
      benchmark::DoNotOptimize(piece.payload.data());
      left.remove_prefix(piece.consumed);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(64 * 1024 / chunk));
}
BENCHMARK(unchunk)->Arg(256)->Arg(4096)->Arg(16 * 1024);

}  // namespace
}  // namespace baton::http

BENCHMARK_MAIN();
