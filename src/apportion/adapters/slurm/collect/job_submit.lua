-- Asks the compute-credit office whether a job can be paid, before Slurm takes it.
-- Written by `apportion admission-script`; needs LuaSocket (Debian: lua-socket) beside slurmctld.
-- One question a job over loopback, never longer than `patience`: slurmctld waits meanwhile.
local office = { host = "@HOST@", port = @PORT@, token = "@TOKEN@", cluster = "@CLUSTER@" }
local patience = @PATIENCE@ -- seconds
local fail_open = @FAIL_OPEN@ -- what happens to jobs while the office does not answer

local found, socket = pcall(require, "socket")

local function escape(value)
   return (string.gsub(tostring(value), "[^%w%-_%.]", function(c)
      return string.format("%%%02X", string.byte(c))
   end))
end

local function number(value)
   if value == nil or value == slurm.NO_VAL or value == slurm.NO_VAL16
      or value == slurm.NO_VAL64 or value == slurm.INFINITE then
      return ""
   end
   return value
end

local function ask(form)
   if not found then
      return nil, "LuaSocket is not installed"
   end
   local body = {}
   for name, value in pairs(form) do
      body[#body + 1] = name .. "=" .. escape(value)
   end
   local text = table.concat(body, "&")
   local line = socket.tcp()
   line:settimeout(patience)
   line:settimeout(patience, "t")
   local good, why = line:connect(office.host, office.port)
   if good then
      good, why = line:send("POST /admission/ask HTTP/1.0\r\nHost: " .. office.host
         .. "\r\nAuthorization: Bearer " .. office.token
         .. "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
         .. #text .. "\r\nConnection: close\r\n\r\n" .. text)
   end
   local answer = ""
   if good then
      local all, reason, part = line:receive("*a")
      answer, why = all or part or "", reason
   end
   line:close()
   local status = string.match(answer, "^HTTP/%d%.%d (%d%d%d)")
   if status ~= "200" and status ~= "409" then
      return nil, why or ("the office answered " .. (status or "nothing"))
   end
   return status == "200", string.match(answer, "\r\n\r\n(.*)$") or ""
end

function slurm_job_submit(job, partitions, uid)
   local admitted, words = ask({
      cluster = office.cluster,
      account = job.account or job.default_account or "",
      minutes = number(job.time_limit),
      nodes = number(job.min_nodes),
      tasks = number(job.num_tasks),
      cpus_per_task = number(job.cpus_per_task),
      per_node = job.tres_per_node or "",
      per_job = job.tres_per_job or "",
      per_task = job.tres_per_task or "",
      array = job.array_inx or "",
      user = job.user_name or "",
   })
   if admitted == nil then
      slurm.log_info("apportion: %s", words)
      if fail_open then
         return slurm.SUCCESS
      end
      slurm.log_user("The compute-credit office does not answer; try again later.")
      return slurm.ERROR
   end
   if not admitted then
      slurm.log_user("%s", words)
      return slurm.ERROR
   end
   if words ~= "" then
      job.comment = (job.comment and job.comment .. " " or "") .. "apportion:" .. words
   end
   return slurm.SUCCESS
end

function slurm_job_modify(job, record, partitions, uid)
   return slurm.SUCCESS
end

slurm.log_info("apportion: jobs are asked for at %s:%d", office.host, office.port)
return slurm.SUCCESS
