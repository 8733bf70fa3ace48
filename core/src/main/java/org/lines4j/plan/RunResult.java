package org.lines4j.plan;

import java.nio.file.Path;

/// What a run did.
///
/// @param out the file or folder that now exists
/// @param seconds from the first read to the synced result
/// @param bytesRead of tensors, from all inputs, over all passes
/// @param bytesWritten of model files, headers included
/// @param plan as it was carried out: every λ is known
public record RunResult(Path out, double seconds, long bytesRead, long bytesWritten, Plan plan) {}
