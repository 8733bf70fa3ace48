package org.lines4j.internal.resolve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.renamed.MissingModules;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.renamed.Predictors;
import org.lines4j.internal.renamed.Stacks;
import org.lines4j.internal.work.Source;
import org.lines4j.merge.ModelSet;
import org.lines4j.tensor.TensorInfo;

/// Tensors of an output that are not merged because not every model has the part that they belong
/// to, such as an image encoder, or because nothing of them is learned. What layers lack that all
/// models have is no such part, nor what models may have under two names.
///
/// @param kept output name → what the model has whose names the output has
/// @param rest all other tensors
/// @param notices which ones, for the user
public record OwnParts(Map<String, Source> kept, List<SliceTensor> rest, List<String> notices) {
  /// Parts tensors.
  ///
  /// @param target the model whose names the output has
  public static OwnParts of(List<SliceTensor> tensors, Checkpoint target, ModelSet models) {
    Map<String, Source> kept = new LinkedHashMap<>();
    List<SliceTensor> rest = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    List<String> left = new ArrayList<>();
    Predictors predictors = Predictors.among(tensors.stream().map(SliceTensor::name).toList());
    Set<String> ofModality = ofModality(tensors, target, models);
    for (SliceTensor tensor : tensors) {
      Optional<Source> own = own(tensor, target, models);
      boolean isBuffer = ModelNames.isBuffer(tensor.any().info());
      boolean isPart =
          !tensor.isComplete()
              && (ofModality.contains(tensor.name()) || predictors.hold(tensor.name()));
      if (!isBuffer && !isPart) {
        rest.add(tensor);
      } else if (own.isPresent()) {
        kept.put(tensor.name(), own.get());
        if (isPart) {
          parts.add(tensor.name());
        }
      } else if (tensor.slice().sources().stream()
          .anyMatch(source -> target.equals(models.get(source.model())))) {
        left.add(tensor.name());
      } else {
        rest.add(tensor);
      }
    }
    if (parts.isEmpty() && left.isEmpty()) {
      return new OwnParts(kept, rest, List.of());
    }
    List<String> notices = new ArrayList<>();
    MissingModules missing = new MissingModules(rest.stream().map(SliceTensor::name).toList());
    if (!parts.isEmpty()) {
      notices.add(
          "%s: not all models have such tensors, the output's are as in %s"
              .formatted(missing.inWords(parts), target.location()));
    }
    if (!left.isEmpty()) {
      notices.add(
          "%s: not in %s, left out of the output"
              .formatted(missing.inWords(left), target.location()));
    }
    return new OwnParts(kept, rest, notices);
  }

  /// What is for images or sounds, and not every model has.
  private static Set<String> ofModality(
      List<SliceTensor> tensors, Checkpoint target, ModelSet models) {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    List<String> complete = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (SliceTensor tensor : tensors) {
      TensorInfo info = tensor.any().info();
      infos.put(tensor.name(), info.withName(tensor.name()));
      if (tensor.isComplete()) {
        complete.add(tensor.name());
      } else if (ModelNames.isOfModality(tensor.name())) {
        (own(tensor, target, models).isPresent() ? kept : left).add(tensor.name());
      }
    }
    if (kept.isEmpty() && left.isEmpty()) {
      return Set.of();
    }
    Stacks stacks = new Stacks(infos);
    if (!Collections.disjoint(stacks.likenesses(kept), stacks.likenesses(left))) {
      return Set.of();
    }
    Set<String> parts = new HashSet<>(kept);
    parts.addAll(left);
    stacks.in(stacks.of(complete), infos.keySet()).forEach(parts::remove);
    return parts;
  }

  private static Optional<Source> own(SliceTensor tensor, Checkpoint target, ModelSet models) {
    return IntStream.range(0, tensor.inputs().size())
        .filter(i -> target.equals(models.get(tensor.slice().sources().get(i).model())))
        .mapToObj(i -> tensor.inputs().get(i))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
