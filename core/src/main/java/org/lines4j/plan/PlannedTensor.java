package org.lines4j.plan;

import java.util.OptionalDouble;
import org.lines4j.layers.Place;
import org.lines4j.method.TensorMerge;
import org.lines4j.tensor.TensorInfo;

/// One tensor of the output.
///
/// @param info its name, element type and shape in the output
/// @param place its stack and layer
/// @param lambda what its update is scaled by; empty where nothing is scaled (not a floating type,
///   or only one of the inputs has it)
/// @param work how it comes about
public record PlannedTensor(TensorInfo info, Place place, OptionalDouble lambda, Work work) {
  /// The tensor's name.
  public String name() {
    return info.name();
  }

  /// Whether its λ, as it is computed with, is 0.
  public boolean isWithoutUpdate() {
    return lambda.isPresent() && (float) lambda.getAsDouble() == 0;
  }

  /// The size of its inputs, in bytes.
  public long inputBytes() {
    return work.sources().stream().mapToLong(Source::byteSize).sum();
  }

  /// The bytes that will be read for it: its inputs more than once if they are measured first.
  public long bytesToRead() {
    return bytesToMeasure() + inputBytes();
  }

  /// Whether something must be measured of its inputs before they can be merged.
  public boolean isToBeMeasured() {
    return work instanceof Work.Merge merge && merge.merge() instanceof TensorMerge.Measured;
  }

  /// The bytes that will be read to measure it: none if nothing has to be known of it, or is
  /// already.
  public long bytesToMeasure() {
    return work instanceof Work.Merge merge
            && merge.merge() instanceof TensorMerge.Measured measured
        ? measured.scans() * inputBytes()
        : 0;
  }

  /// This tensor, made in another way.
  public PlannedTensor with(Work other) {
    return new PlannedTensor(info, place, lambda, other);
  }

  /// This tensor with its λ settled.
  public PlannedTensor withLambda(double value) {
    return new PlannedTensor(info, place, OptionalDouble.of(value), work);
  }
}
