package org.lines4j.internal.lora;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.Shape;

/// What an adapter takes for one parameter: a tensor of the base, or the matrices of experts that
/// the base has one by one.
sealed interface Experts {
  /// No model has more in a layer.
  int MOST = 100_000;

  /// [experts, …, …]; one expert for a plain matrix.
  Shape shape();

  /// What the base calls the first of its tensors.
  String first();

  /// The base's tensors with a product added.
  Map<String, TensorSource> with(Product product);

  /// What a base has for a parameter of a module.
  static Optional<Experts> of(BaseTensors base, String module, String parameter) {
    Optional<TensorSource> packed = base.find(module + "." + parameter);
    if (packed.isPresent()) {
      Shape shape = packed.get().info().shape();
      return packed
          .filter(own -> own.info().dtype().isFloating())
          .filter(_ -> shape.rank() == 2 || shape.rank() == 3)
          .map(Packed::new);
    }
    return switch (parameter) {
      case "gate_up_proj" -> OneByOne.of(base, module, List.of("gate_proj", "up_proj"));
      case "down_proj" -> OneByOne.of(base, module, List.of("down_proj"));
      default -> Optional.empty();
    };
  }

  /// One tensor.
  record Packed(TensorSource tensor) implements Experts {
    @Override
    public Shape shape() {
      List<Long> dims = new ArrayList<>(tensor.info().shape().dims());
      if (dims.size() == 2) {
        dims.addFirst(1L);
      }
      return new Shape(dims);
    }

    @Override
    public String first() {
      return tensor.info().name();
    }

    @Override
    public Map<String, TensorSource> with(Product product) {
      return Map.of(tensor.info().name(), new AdaptedTensor(tensor, product));
    }
  }

  /// `MODULE.N.gate_proj.weight` and so on: of each expert, matrices that lie one below another in
  /// the parameter.
  record OneByOne(List<List<TensorSource>> experts) implements Experts {
    static Optional<Experts> of(BaseTensors base, String module, List<String> parts) {
      List<List<TensorSource>> experts = new ArrayList<>();
      for (int i = 0; i < MOST; i++) {
        List<TensorSource> own = new ArrayList<>();
        for (String part : parts) {
          base.find("%s.%d.%s.weight".formatted(module, i, part)).ifPresent(own::add);
        }
        if (own.isEmpty()) {
          break;
        }
        experts.add(own);
      }
      return experts.isEmpty() || !areAlike(experts, parts.size())
          ? Optional.empty()
          : Optional.of(new OneByOne(experts));
    }

    private static boolean areAlike(List<List<TensorSource>> experts, int parts) {
      Shape shape = experts.getFirst().getFirst().info().shape();
      return shape.rank() == 2
          && experts.stream()
              .allMatch(
                  own ->
                      own.size() == parts
                          && own.stream()
                              .allMatch(
                                  part ->
                                      part.info().shape().equals(shape)
                                          && part.info().dtype().isFloating()));
    }

    @Override
    public Shape shape() {
      List<Long> dims = experts.getFirst().getFirst().info().shape().dims();
      return Shape.of(experts.size(), dims.getFirst() * experts.getFirst().size(), dims.getLast());
    }

    @Override
    public String first() {
      return experts.getFirst().getFirst().info().name();
    }

    @Override
    public Map<String, TensorSource> with(Product product) {
      Map<String, TensorSource> changed = new LinkedHashMap<>();
      for (int e = 0; e < experts.size(); e++) {
        List<TensorSource> own = experts.get(e);
        for (int i = 0; i < own.size(); i++) {
          long rows = own.get(i).info().shape().dims().getFirst();
          Product part = product.part(e, i * rows, rows);
          changed.put(own.get(i).info().name(), new AdaptedTensor(own.get(i), part));
        }
      }
      return changed;
    }
  }
}
