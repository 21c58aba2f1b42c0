// Loaded before the program by the Node process that runs it; plain JavaScript, so that it costs nothing. Says at the end what the process took.
const { writeFileSync } = require("node:fs");

if (/[\\/]cmd[\\/]run([\\/]|$)/.test(process.argv[1] ?? "")) {
    process.on("exit", () => {
        const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
        const taken = { peakKb: maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000, fromMs: performance.timeOrigin, toMs: Date.now() };
        writeFileSync(process.env.BENCH_PROBE_FILE, JSON.stringify(taken));
    });
}
