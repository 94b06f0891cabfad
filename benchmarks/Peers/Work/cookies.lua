-- Sends the cookies of a file, one a line: in turn, or each once and then stops.
-- usage: wrk ... -s cookies.lua URL -- METHOD FILE turn|once
local ffi = require("ffi")
ffi.cdef[[
typedef struct { long seconds; long nanoseconds; } peers_time;
int clock_gettime(int clock, peers_time *time);
]]

local monotonic = 1
local time = ffi.new("peers_time")
local function now()
  ffi.C.clock_gettime(monotonic, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local requests, once, position = {}, false, 0
local threads = {}

-- Globals: done() runs in another Lua state and asks for them by name. There is one thread (-t1).
began, stopped = 0, 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
  once = args[3] == "once"
  for line in io.lines(args[2]) do
    wrk.headers["Cookie"] = line
    requests[#requests + 1] = wrk.format(args[1])
  end
end

function request()
  position = position + 1
  if position == 1 then began = now() end
  if position > #requests then
    position = 1
    if once then
      -- wrk itself sleeps on until its time is up, so its own rate would be too low: the time is told below.
      stopped = now()
      wrk.thread:stop()
    end
  end

  return requests[position]
end

function done(summary, latency, all)
  local from, to = threads[1]:get("began"), threads[1]:get("stopped")
  if to > from then io.write(string.format("used up after %.6f s\n", to - from)) end
end
