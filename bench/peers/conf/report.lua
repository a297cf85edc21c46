-- For wrk: the answer as one line of JSON, and pipelines of the depth in the environment. A request() function makes wrk call
-- Lua once per pipeline, so it exists only when there is something to pipeline. wrk's latencies mean nothing then.
local depth = tonumber(os.getenv("WRK_DEPTH") or "1")
if depth > 1 then
  local pipeline
  function init()
    local requests = {}
    for i = 1, depth do requests[i] = wrk.format() end
    pipeline = table.concat(requests)
  end
  function request() return pipeline end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"bytes":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout))
end
