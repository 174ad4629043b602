"""Where the fabric keeps what it writes in a lab: captures, the records of probes, its socket."""

RUN_FOLDER = "/run/hadrill"
