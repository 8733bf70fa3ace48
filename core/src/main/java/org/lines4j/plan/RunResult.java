package org.lines4j.plan;

import java.util.List;
import org.lines4j.storage.Location;

/// What a run did.
///
/// @param out the file or folder that now exists
/// @param seconds from the first read to the synced result
/// @param bytesRead of tensors, from all inputs, over all passes
/// @param bytesWritten of model files, headers included
/// @param plan as it was carried out: every λ is known
/// @param notFinite tensors that hold NaN or infinity, in the output or in an input
/// @param withoutUpdate models, by their locations, that are the base in all that was scaled or
///   merged
public record RunResult(
    Location out,
    double seconds,
    long bytesRead,
    long bytesWritten,
    Plan plan,
    List<NotFinite> notFinite,
    List<String> withoutUpdate) {
  /// Copies its lists.
  public RunResult {
    notFinite = List.copyOf(notFinite);
    withoutUpdate = List.copyOf(withoutUpdate);
  }
}
