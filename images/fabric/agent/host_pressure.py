"""How busy the machine under all labs is: what a trial's timing must be judged against."""

import os


def read() -> dict:
    """CPU ticks since boot by kind (proc(5)), and the load averages."""
    with open("/proc/stat") as file:
        fields = file.readline().split()[1:]
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    ticks = dict(zip(names, map(int, fields)))
    return {"ticks": ticks, "ticks_per_s": os.sysconf("SC_CLK_TCK"), "load": list(os.getloadavg())}
