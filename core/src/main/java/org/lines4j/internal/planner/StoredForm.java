package org.lines4j.internal.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.lines4j.error.Counted;
import org.lines4j.format.Encoding;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.OutputFormat.Wanted;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.Place;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// How the tensors of an output are stored: as those that it is like are, as far as its format can,
/// or in a type that was asked for.
final class StoredForm {
  private final OutputFormat format;
  private final Optional<DType> asked;
  private final Map<String, Long> changed = new TreeMap<>();

  /// @param asked the type of all floating tensors, if one was asked for
  StoredForm(OutputFormat format, Optional<DType> asked) {
    this.format = format;
    this.asked = asked;
  }

  /// A tensor of the output.
  ///
  /// @param like what it is stored like
  PlannedTensor planned(String name, Source like, Place place, OptionalDouble lambda, Work work) {
    DType type = like.outputType(asked);
    Encoding own = like.tensor().encoding();
    Optional<Encoding> copied =
        work instanceof Work.Copy(Source source)
            ? Optional.of(source.tensor().encoding())
            : Optional.empty();
    TensorInfo info = new TensorInfo(name, type, like.info().shape());
    boolean isAsked = asked.isPresent() && type.isFloating();
    Encoding encoding = format.encoding(new Wanted(info, own, copied, isAsked));
    note(own, encoding, isAsked);
    DType read = encoding instanceof Encoding.Plain(DType plain) ? plain : DType.F32;
    TensorInfo values = read == type ? info : info.withDtype(read);
    return new PlannedTensor(values, place, lambda, work, encoding);
  }

  private void note(Encoding like, Encoding now, boolean isAsked) {
    if (!isAsked && !(like instanceof Encoding.Plain) && !like.name().equals(now.name())) {
      changed.merge(
          "stored as %s, since a file of %s is not written with %s"
              .formatted(now.name(), format.name(), like.name()),
          1L,
          Long::sum);
    }
  }

  /// What a user should know of tensors that are not stored as those are which they are like.
  List<String> notices() {
    List<String> notices = new ArrayList<>();
    changed.forEach((how, count) -> notices.add(Counted.are(count, "tensor") + " " + how));
    return notices;
  }
}
