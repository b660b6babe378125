-- core.py on a Redis server's clock: one call is one step of the core, and the state is one key with a TTL.
-- Keep the two in step, line by line; tests/pacing holds them against each other.
-- ARGV: requests, window, share, lease, random, a new name; then for a completion: core, serial, sent, epoch, kind,
-- the requests and window that a refusal named (0: none), age.
local NEVER, YOUNG, PATIENCE, AGE = -1e18, 10, 8, 10
local share, lease, rand = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local clock = time[1] + time[2] / 1e6
local packed = redis.call('GET', KEYS[1])
local s
if packed then
  s = cmsgpack.unpack(packed)
else
  s = {name = ARGV[6], requests = tonumber(ARGV[1]), window = tonumber(ARGV[2]), serial = 0, epoch = 0, probe = 0,
    opener = 0, closed = true, full = false, w_used = 0, cap = -NEVER, step = 0, patience = 0, trial = 0, fly = {}, used = {}}
end
local times = {'gate', 'w_end', 'since', 'lo', 'hi', 'last', 'foreign_at', 'edge', 'denied', 'over', 'young',
  'learned', 'trial_at'}
local back = math.min(0, clock - (s.clock or clock)) -- the clock was set back: the whole state moves with it
for _, k in ipairs(times) do s[k] = (s[k] or NEVER) + (s[k] and back or 0) end
if back < 0 then s.lo = NEVER end -- by how much more it was set back than shows is unknown, and this must not be too late
for i = 1, #s.used do s.used[i] = s.used[i] + back end
for i = 1, #s.fly do s.fly[i][2] = s.fly[i][2] + back end
s.clock = clock

local margin, reach, slots
local function configure(requests, window)
  s.requests, s.window = requests, window
  margin = math.max(0.005, window / 600)
  reach = window + margin
  slots = math.max(1, math.floor(requests * share + 1e-9))
end
local base_requests, base_window = tonumber(ARGV[1]), tonumber(ARGV[2])
local longest = base_window + math.max(0.005, base_window / 600)
configure(s.requests, s.window)

local function known(x) return x > NEVER / 2 end

local function lowered() return known(s.learned) and s.requests * base_window < base_requests * s.window end

local function forget()
  s.learned, s.trial_at = NEVER, NEVER
  configure(base_requests, base_window)
end

local function drop(age, limit) -- the receipts that are at or before the limit when so old
  local n = 0
  while n < #s.used and s.used[n + 1] + age <= limit do n = n + 1 end
  if n > 0 then
    local rest = {}
    for i = n + 1, #s.used do rest[#rest + 1] = s.used[i] end
    s.used = rest
  end
end

local function charge(now)
  table.insert(s.used, now)
  if #s.used > 1 and now < s.used[#s.used - 1] then table.sort(s.used) end
  s.last = math.max(s.last, now)
end

local function meet_full_window(now, new)
  if new then
    s.edge = math.max(s.edge + s.window - margin, s.denied)
    s.since = now
  end
  local stop, ours = s.edge + s.window - margin, nil
  for _, x in ipairs(s.used) do
    if x >= s.since and x + reach > now then ours = x break end
  end
  s.over = reach + ((not ours or now >= stop) and now or ours)
  local soonest = ours and ours + reach or math.max(now, stop)
  local parts = (not ours and stop <= now) and 11 or 2
  s.step = math.max(s.window / 60, (s.over - soonest) / parts) * (1 + rand / 4)
  s.gate = math.min(s.over, ours and soonest or soonest + s.step)
end

local function rejected(sent, epoch, now, requests, window, was_probe)
  s.foreign_at, s.lo, s.last = now, NEVER, math.max(s.last, now)
  if requests == base_requests and window == base_window then
    forget()
  elseif requests > 0 then
    if requests ~= s.requests or window ~= s.window then
      configure(requests, window)
      s.patience, s.trial_at = base_window, now + base_window
    end
    s.learned = now
  end
  if epoch ~= s.epoch then return end
  if not s.full then
    s.full = true
    if s.w_used > 0 then s.cap = s.w_used end
  end
  if not s.closed or (was_probe and sent >= s.over) then
    meet_full_window(now, was_probe)
  elseif was_probe then
    s.gate = math.min(now + s.step, math.max(s.over, now + s.window / 60))
  end
  s.gate = math.min(s.gate, now + longest)
  s.denied = math.max(s.denied, sent)
  s.closed = true
end

local function accepted(epoch, now, was_probe)
  if epoch ~= s.epoch then return end
  if was_probe then
    if s.denied > s.edge then s.edge = math.max(s.edge + s.window - margin, s.denied) end
    s.closed, s.full = false, false
    if s.epoch == 0 then s.young = now + math.min(reach, longest) end
    s.epoch = s.epoch + 1
    s.since, s.w_end, s.w_used = now, now + s.window, 1
    return
  end
  if not known(s.w_end) then s.w_end, s.w_used = now + s.window, 0 end
  s.w_used = s.w_used + 1
  if s.full then s.cap = math.max(s.cap, s.w_used) end
end

local function complete(core, serial, sent, epoch, now, kind, requests, window)
  local at
  for i, f in ipairs(s.fly) do
    if core == s.name and f[1] == serial then at = i break end
  end
  if not at then
    if kind == 'counted' or kind == 'lost' then charge(now) end
    return
  end
  table.remove(s.fly, at)
  local was_probe, was_opener, was_trial = serial == s.probe, serial == s.opener, serial == s.trial
  if was_probe then s.probe = 0 end
  if was_trial then s.trial = 0 end
  if was_opener then s.opener = 0 end
  if kind == 'rejected' and was_trial and (requests == 0 or requests == s.requests and window == s.window) then
    s.learned, s.patience = now, math.min(2 * s.patience, PATIENCE * base_window)
    s.trial_at = now + s.patience
    return
  end
  if kind == 'rejected' then return rejected(sent, epoch, now, requests, window, was_probe) end
  if kind == 'unsent' then return end
  charge(now)
  if was_opener and kind == 'counted' then s.hi = now end
  accepted(epoch, now, was_probe)
  if was_trial and kind == 'counted' then
    forget()
    s.w_end, s.cap = math.min(s.w_end, now + s.window), s.w_used
  end
end

local function settle(now)
  while s.fly[1] and s.fly[1][2] + lease <= now do
    complete(s.name, s.fly[1][1], 0, s.epoch, s.fly[1][2] + lease, 'lost', 0, 0)
  end
  drop(reach, now)
  if known(s.learned) and s.learned + AGE * base_window <= now then forget() end
  if known(s.w_end) and s.w_end <= now then
    if not s.full then s.cap = math.max(s.cap, s.w_used) + slots / 10 end
    s.w_end, s.w_used, s.full = NEVER, 0, false
  end
  if known(s.hi) and s.hi <= now - reach then
    s.lo = s.lo + s.window - margin
    if now - s.foreign_at > 10 * s.window then drop(0, s.lo) end
    s.hi = NEVER
  end
end

local function try_acquire(now)
  local out = #s.fly
  if s.closed then
    if s.probe > 0 then return nil, 'probe' end
    if now < s.gate then return s.gate, 'gate' end
  elseif out >= YOUNG and now < s.young then
    return nil, 'start'
  elseif out > 0 and s.cap < slots and s.w_used + out >= s.cap then
    return nil, 'share'
  end
  local over = #s.used + out - slots
  local trial
  if over >= 0 then
    local free_at = s.used[over + 1] and s.used[over + 1] + reach
    if not lowered() then return free_at, 'window' end
    if s.trial > 0 then return nil, 'trial' end
    if now < s.trial_at then return math.min(free_at or s.trial_at, s.trial_at), 'window' end
    trial = true
  end
  s.serial = s.serial + 1
  if trial then s.trial, s.trial_at = s.serial, now + s.patience end
  if s.closed and s.probe == 0 then s.probe = s.serial end
  if s.opener == 0 and not known(s.hi) then
    if out == 0 and (s.last <= s.lo or s.last + reach <= now) then s.lo = now end
    s.opener = s.serial
  end
  table.insert(s.fly, {s.serial, now})
end

local now, before, got, reason = clock, s.serial, nil, ''
if ARGV[7] then
  complete(ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), now - ARGV[14], ARGV[11],
    tonumber(ARGV[12]), tonumber(ARGV[13]))
end
settle(now)
if not ARGV[7] then got, reason = try_acquire(now) end
-- Times in the state are kept exactly; those in the reply count from now.
local ttl = math.ceil(math.min(12 * s.window + lease, 3e7) * 1000)
redis.call('SET', KEYS[1], cmsgpack.pack(s), 'PX', string.format('%.0f', ttl))
local opens, floor = {}, s.closed and math.max(now, s.gate) or now
if reason then
  local soonest = known(s.hi) and s.hi + reach or -NEVER
  if lowered() then soonest = math.min(soonest, math.max(now, s.trial_at)) end
  for i = 1, slots - #s.used do opens[i] = floor - now end
  for i = math.max(0, #s.used - slots) + 1, #s.used do
    opens[#opens + 1] = math.max(floor, math.min(s.used[i] + reach, soonest)) - now
  end
end
local over = #s.used + #s.fly - slots
local next_in = over < 0 and 0 or s.used[over + 1] and s.used[over + 1] + reach - now or reach
return cjson.encode({ticket = s.serial > before and s.serial or nil, reason = reason, wait = got and got - now,
  opens = opens, clock = string.format('%.6f', clock), name = s.name, epoch = s.epoch, requests = s.requests,
  window = s.window, round = lowered() and 0 or s.window, free = math.max(0, -over), closed = s.closed, probe = s.probe, out = #s.fly,
  next_in = next_in, gate_in = s.closed and math.max(0, s.gate - now) or 0,
  foreign = now - s.foreign_at <= 10 * s.window})
