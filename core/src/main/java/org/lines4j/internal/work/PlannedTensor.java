package org.lines4j.internal.work;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.layers.Place;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.TensorPlan;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// One tensor of the output.
///
/// @param info its name, its shape, and the type of its values: what reading the output gives
/// @param place its stack and layer
/// @param lambda what its update is scaled by; empty where nothing is scaled (not a floating type,
///   or only one of the inputs has it)
/// @param work how it comes about
/// @param encoding how its elements become bytes
public record PlannedTensor(
    TensorInfo info, Place place, OptionalDouble lambda, Work work, Encoding encoding)
    implements TensorPlan {
  /// A tensor whose elements are stored one by one, as its type says.
  public PlannedTensor(TensorInfo info, Place place, OptionalDouble lambda, Work work) {
    this(info, place, lambda, work, Encoding.of(info.dtype()));
  }

  /// What the file holds of it.
  public List<EncodedTensor> parts() {
    return encoding.parts(info);
  }

  @Override
  public String storedAs() {
    return isPlain() ? info.dtype().torchName() : encoding.name();
  }

  @Override
  public boolean isPlain() {
    return encoding instanceof Encoding.Plain;
  }

  /// Whether the bytes of its source are copied as they are, codes, scales and all.
  public boolean isCopiedAsStored() {
    return work instanceof Work.Copy(Source source)
        && !isPlain()
        && source.tensor().encoding().equals(encoding);
  }

  /// A part of it behind the first, to be written: a copy where its source is copied as it is
  /// stored, else something that comes about with the first.
  ///
  /// @param number of the part, ≥ 1
  PlannedTensor part(int number) {
    return part(number, parts().get(number).info());
  }

  /// @param part what the file holds of it
  PlannedTensor part(int number, TensorInfo part) {
    Work own =
        isCopiedAsStored() && work instanceof Work.Copy(Source source)
            ? new Work.Copy(new Source(source.checkpoint(), source.tensor().parts().get(number)))
            : new Work.Beside(name());
    return new PlannedTensor(part, place, OptionalDouble.empty(), own);
  }

  /// The same with its values stored one by one, in float32.
  public PlannedTensor asValues() {
    TensorInfo values = info.withDtype(DType.F32);
    return new PlannedTensor(values, place, lambda, work);
  }

  @Override
  public boolean isCopied() {
    return work instanceof Work.Copy;
  }

  @Override
  public Optional<String> sourceStoredAs() {
    return work.sources().stream().findFirst().map(Source::storedAs);
  }

  /// Whether its λ, as it is computed with, is 0.
  public boolean isWithoutUpdate() {
    return lambda.isPresent() && (float) lambda.getAsDouble() == 0;
  }

  /// The size of its inputs, in bytes.
  public long inputBytes() {
    return work.sources().stream().mapToLong(Source::storedSize).sum();
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
    return new PlannedTensor(info, place, lambda, other, encoding);
  }

  /// This tensor with its λ.
  public PlannedTensor withLambda(double value) {
    return new PlannedTensor(info, place, OptionalDouble.of(value), work, encoding);
  }
}
