"""Tiny files as acquisition systems and sorters write them, byte by byte from their published formats."""

import json
import struct

import h5py
import numpy as np

RATE = 20000.0


def text(string):
    """Qt's QString: the length in bytes, then UTF-16."""
    encoded = string.encode("utf-16-le")
    return struct.pack("<I", len(encoded)) + encoded


def intan(path, samples):
    """An RHD2000 file of version 2.0: header, then blocks of 128 frames; samples int16 [T, C], T a multiple of 128."""
    channels = samples.shape[1]
    head = struct.pack("<Ihh", 0xC6912702, 2, 0)
    head += struct.pack("<fhffffffhff", RATE, 1, 1, 1, 7500, 1, 1, 7500, 0, 1000, 1000)
    head += text("") * 3 + struct.pack("<hh", 0, 0) + text("n/a") + struct.pack("<h", 1)
    head += text("Port A") + text("A") + struct.pack("<hhh", 1, channels, channels)
    for c in range(channels):
        head += text(f"A-{c:03d}") * 2 + struct.pack("<10hff", c, c, 0, 1, c, 0, 0, 0, 0, 0, 1e5, 0.0)
    raw = (samples.astype(int) + 32768).astype("<u2").reshape(-1, 128, channels)
    stamps = np.arange(len(samples), dtype="<i4").reshape(-1, 128)
    blocks = [stamp.tobytes() + block.T.tobytes() for stamp, block in zip(stamps, raw, strict=True)]
    path.write_bytes(head + b"".join(blocks))
    return path


def open_ephys(folder, samples):
    """A folder of the binary format: structure.oebin and one continuous stream."""
    stream = folder / "Record Node 101" / "experiment1" / "recording1" / "continuous" / "Acq-100.Rhythm"
    stream.mkdir(parents=True)
    samples.astype("<i2").tofile(stream / "continuous.dat")
    np.save(stream / "sample_numbers.npy", np.arange(len(samples)))
    np.save(stream / "timestamps.npy", np.arange(len(samples)) / RATE)
    channels = [{"channel_name": f"CH{c + 1}", "bit_volts": 0.195, "units": "uV"} for c in range(samples.shape[1])]
    facts = {"folder_name": "Acq-100.Rhythm/", "sample_rate": RATE, "stream_name": "Rhythm", "channels": channels}
    facts |= {"source_processor_name": "Acq", "source_processor_id": 100, "num_channels": len(channels)}
    content = {"GUI version": "0.6.0", "continuous": [facts], "events": [], "spikes": []}
    (stream.parents[1] / "structure.oebin").write_text(json.dumps(content))
    return folder


def open_ephys_legacy(folder, samples):
    """A folder of the older format, a .continuous file each channel: records of 1024 frames, big-endian."""
    folder.mkdir()
    facts = {"format": "'Open Ephys Data Format'", "version": 0.4, "date_created": "'1-Jan-2020 120000'"}
    facts |= {"sampleRate": RATE, "bitVolts": 0.195}
    head = "".join(f"header.{key} = {value};\n" for key, value in facts.items()).encode().ljust(1024)
    mark = bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 255])
    for c, channel in enumerate(samples.T):
        parts = [
            struct.pack("<qHH", 1024 * k, 1024, 0) + record.astype(">i2").tobytes() + mark
            for k, record in enumerate(channel.reshape(-1, 1024))
        ]
        (folder / f"100_CH{c + 1}.continuous").write_bytes(head + b"".join(parts))
    return folder


def spikeglx(folder, samples):
    """A run of a Neuropixels 1.0 probe, the AP band of its first contacts and the sync channel; its .bin file."""
    folder.mkdir()
    count = samples.shape[1]
    path = folder / "run_g0_t0.imec0.ap.bin"
    np.column_stack([samples, np.zeros(len(samples), int)]).astype("<i2").tofile(path)
    imro = "".join(f"({c} 0 0 500 250 1)" for c in range(384))
    facts = {
        "typeThis": "imec",
        "nSavedChans": count + 1,
        "snsApLfSy": f"{count},0,1",
        "snsSaveChanSubset": f"0:{count - 1},768",
        "fileName": "D:/run_g0/run_g0_t0.imec0.ap.bin",
        "fileSizeBytes": path.stat().st_size,
        "imSampRate": RATE,
        "imAiRangeMax": 0.6,
        "imDatPrb_pn": "NP1010",
        "imDatPrb_type": 0,
        "~imroTbl": f"(0,384){imro}",
        "~snsChanMap": f"({count},0,1){''.join(f'(AP{c};{c}:{c})' for c in range(count))}(SY0;{count}:{count})",
    }
    path.with_suffix(".meta").write_text("".join(f"{key}={value}\n" for key, value in facts.items()))
    return path


def nwb(path, samples, trains=(), start=2.0, names=("ElectricalSeries",)):
    """An NWB 2 file: electrical series on one electrode table, and units with spike times in seconds."""
    with h5py.File(path, "w") as file:
        file.attrs.update({"neurodata_type": "NWBFile", "namespace": "core", "nwb_version": "2.8.0"})
        electrodes = file.create_group("general/extracellular_ephys/electrodes")
        electrodes.attrs.update({"neurodata_type": "DynamicTable", "namespace": "hdmf-common", "colnames": ["rel_x"]})
        electrodes["id"] = np.arange(samples.shape[1])
        electrodes["rel_x"] = 20.0 * np.arange(samples.shape[1])
        for name in names:
            series = file.create_group(f"acquisition/{name}")
            series.attrs.update({"neurodata_type": "ElectricalSeries", "namespace": "core"})
            series["data"] = samples
            series["data"].attrs.update({"conversion": 1e-6, "offset": 0.0, "unit": "volts"})
            series["starting_time"] = start
            series["starting_time"].attrs.update({"rate": RATE, "unit": "seconds"})
            series["electrodes"] = np.arange(samples.shape[1])
            series["electrodes"].attrs["table"] = electrodes.ref
        if trains:
            units = file.create_group("units")
            units.attrs.update({"neurodata_type": "Units", "namespace": "core", "colnames": ["spike_times"]})
            units["id"] = np.arange(len(trains))
            units["spike_times"] = np.concatenate(trains)
            units["spike_times_index"] = np.cumsum([len(train) for train in trains])
    return path


def kilosort(folder, times, clusters, rate=RATE, tables=None):
    """A folder as Kilosort leaves it; with a table cluster_group.tsv, as Phy does."""
    folder.mkdir()
    np.save(folder / "spike_times.npy", np.asarray(times)[:, None])
    np.save(folder / "spike_clusters.npy", np.asarray(clusters))
    np.save(folder / "spike_templates.npy", np.asarray(clusters))
    (folder / "params.py").write_text(f"dat_path = 'a.bin'\nn_channels_dat = 3\nsample_rate = {rate}\n")
    for name, rows in (tables or {}).items():
        column = {"cluster_group.tsv": "group", "cluster_KSLabel.tsv": "KSLabel"}[name]
        lines = [f"cluster_id\t{column}", *(f"{cluster}\t{value}" for cluster, value in rows.items())]
        (folder / name).write_text("\n".join(lines) + "\n")
    return folder
