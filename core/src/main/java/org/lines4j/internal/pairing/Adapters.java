package org.lines4j.internal.pairing;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.foreign.AdapterNames;

/// Checkpoints that hold adapters, told by the names of their tensors.
public final class Adapters {
  private Adapters() {}

  /// Throws if some models are adapters, or have adapters inside, and others are not: that is why
  /// they do not fit together.
  ///
  /// @throws InputException that calls the first of them what it is
  public static void refuse(Collection<Checkpoint> models) {
    List<Checkpoint> adapters = models.stream().filter(model -> held(model).isPresent()).toList();
    if (!adapters.isEmpty() && adapters.size() < models.size()) {
      Checkpoint first = adapters.getFirst();
      AdapterNames held = held(first).orElseThrow();
      throw new InputException(first.location(), held.description() + ", not a model")
          .withRemedy(held.advice(first.location()));
    }
  }

  /// Throws if models are adapters without the models that they change: what their factors make
  /// together is not what is made of each factor by itself.
  ///
  /// @throws InputException that calls the first of them what it is
  public static void refuseAlone(Collection<Checkpoint> models) {
    for (Checkpoint model : models) {
      Optional<AdapterNames> held = held(model).filter(AdapterNames::isAlone);
      if (held.isPresent()) {
        throw new InputException(
                model.location(),
                held.get().description()
                    + ", not a model: its factors cannot be edited or merged one by one")
            .withRemedy(held.get().advice(model.location()));
      }
    }
  }

  /// In words, that models have adapters inside, whose factors are taken for parameters like
  /// others. Some models are made so, and fine-tuned as they are.
  public static Optional<String> inside(Collection<Checkpoint> models) {
    for (Checkpoint model : models) {
      Optional<AdapterNames> held = held(model);
      if (held.isPresent()) {
        return Optional.of(
            "each input is %s: they are edited or merged one by one, not what they make together; if that is meant, merge it into its base first: %s"
                .formatted(held.get().description(), held.get().remedy()));
      }
    }
    return Optional.empty();
  }

  /// Empty for a model.
  private static Optional<AdapterNames> held(Checkpoint model) {
    return AdapterNames.of(model.tensors().stream().map(StoredTensor::name).toList());
  }
}
