package org.lines4j.internal.lora;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.lora.AdapterKey.Role;
import org.lines4j.storage.Location;

/// The parts of one module's change, checked against each other and against the configuration.
record ModuleParts(Location file, AdapterConfig config, Map<Role, TensorSource> parts) {
  /// The module's change.
  ///
  /// @throws InputException if a part is missing, or they do not fit together
  LoraModule module(AdapterKey key) {
    boolean isEmbedding =
        parts.containsKey(Role.EMBEDDING_A) || parts.containsKey(Role.EMBEDDING_B);
    Role first = isEmbedding ? Role.EMBEDDING_A : Role.A;
    Role second = isEmbedding ? Role.EMBEDDING_B : Role.B;
    TensorSource a = part(key, first, second);
    TensorSource b = part(key, second, first);
    checkShapes(a, b, isEmbedding);
    Optional<TensorSource> bias = Optional.ofNullable(parts.get(Role.B_BIAS));
    Optional<TensorSource> magnitude = Optional.ofNullable(parts.get(Role.MAGNITUDE));
    if (config.isDora() != magnitude.isPresent()) {
      throw new InputException(
              file,
              config.isDora()
                  ? "use_dora is true, but %s has no lora_magnitude_vector".formatted(key.module())
                  : "%s has a lora_magnitude_vector, but use_dora is false".formatted(key.module()))
          .withTensor(a.info().name());
    }
    LoraModule module =
        new LoraModule(key.module(), key.depth(), a, b, isEmbedding, bias, magnitude);
    bias.ifPresent(own -> checkLength(own, module.outputs()));
    magnitude.ifPresent(own -> checkLength(own, module.outputs()));
    return module;
  }

  private TensorSource part(AdapterKey key, Role role, Role partner) {
    TensorSource part = parts.get(role);
    if (part == null) {
      TensorSource other = parts.getOrDefault(partner, parts.values().iterator().next());
      throw new InputException(
              file,
              "tensor %s: its partner, lora_%s of %s, is missing"
                  .formatted(
                      other.info().name(),
                      role.name().replace("EMBEDDING", "embedding"),
                      key.module()))
          .withTensor(other.info().name());
    }
    return part;
  }

  private void checkShapes(TensorSource a, TensorSource b, boolean isEmbedding) {
    List<Long> in = a.info().shape().dims();
    List<Long> out = b.info().shape().dims();
    boolean fit =
        in.size() >= 2
            && in.size() == out.size()
            && (in.size() == 2 || !isEmbedding)
            && in.get(0).equals(out.get(1))
            && a.info().elements() > 0
            && b.info().elements() > 0
            && out.stream().skip(2).allMatch(extent -> extent == 1);
    if (!fit) {
      throw new InputException(
              file,
              "tensors %s %s and %s %s: expected [rank, in] and [out, rank]"
                  .formatted(a.info().name(), a.info().shape(), b.info().name(), b.info().shape()))
          .withTensor(a.info().name());
    }
  }

  private void checkLength(TensorSource part, long outputs) {
    if (part.info().elements() != outputs) {
      throw new InputException(
              file,
              "tensor %s: expected %d elements, one for each output, found %s"
                  .formatted(part.info().name(), outputs, part.info().shape()))
          .withTensor(part.info().name());
    }
  }
}
