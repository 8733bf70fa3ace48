package org.lines4j.tune;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;

/// Which numbers are searched over, and which α and β they stand for.
///
/// Uniform scaling has one number λ in every space: what the paper compares with.
public sealed interface Space {
  /// What the tensors outside every stack get, unless a search tries it both ways.
  Outside outside();

  /// What the numbers of a depth profile are called.
  List<String> symbols();

  /// The scaling that the numbers stand for, with a profile that is not uniform.
  Lines graded(Grading grading, List<Double> numbers);

  /// λ of uniform scaling at the same place of a grid.
  double uniform(double number);

  /// One number γ, for editing one model: α = γ, β = 1 − γ (arXiv 2410.17146, section 4.1). Uniform
  /// scaling by γ is WiSE-FT.
  record Gamma(Outside outside) implements Space {
    @Override
    public List<String> symbols() {
      return List.of("γ");
    }

    @Override
    public Lines graded(Grading grading, List<Double> numbers) {
      double gamma = numbers.getFirst();
      double rest = BigDecimal.ONE.subtract(BigDecimal.valueOf(gamma)).doubleValue();
      return new Lines(Optional.of(gamma), rest, grading.outside(), grading.profile());
    }

    @Override
    public double uniform(double number) {
      return number;
    }
  }

  /// β, with α fixed or measured (section 4.2). Uniform scaling is the plain merge with λ = β where
  /// α is measured, else with the last layer's λ = α + β.
  ///
  /// @param alpha empty for `auto`
  record Beta(Optional<Double> alpha, Outside outside) implements Space {
    @Override
    public List<String> symbols() {
      return List.of("β");
    }

    @Override
    public Lines graded(Grading grading, List<Double> numbers) {
      return new Lines(alpha, numbers.getFirst(), grading.outside(), grading.profile());
    }

    @Override
    public double uniform(double number) {
      return BigDecimal.valueOf(alpha.orElse(0.0)).add(BigDecimal.valueOf(number)).doubleValue();
    }
  }

  /// Both α and β.
  record AlphaBeta(Outside outside) implements Space {
    @Override
    public List<String> symbols() {
      return List.of("α", "β");
    }

    @Override
    public Lines graded(Grading grading, List<Double> numbers) {
      return new Lines(
          Optional.of(numbers.get(0)), numbers.get(1), grading.outside(), grading.profile());
    }

    @Override
    public double uniform(double number) {
      return number;
    }
  }

  /// Both the scaling and parameters of the recipe.
  ///
  /// @param scaling how λ is searched
  /// @param parameters each by its share of the way through its range
  record Wide(Space scaling, List<Hyperparameter> parameters) implements Space {
    /// @throws RequestException if there is none
    public Wide {
      parameters = List.copyOf(parameters);
      if (parameters.isEmpty() || scaling instanceof Wide) {
        throw new RequestException("a wide search needs parameters, each once");
      }
    }

    @Override
    public Outside outside() {
      return scaling.outside();
    }

    @Override
    public List<String> symbols() {
      List<String> symbols = new ArrayList<>(scaling.symbols());
      parameters.forEach(parameter -> symbols.add(parameter.symbol()));
      return symbols;
    }

    @Override
    public Lines graded(Grading grading, List<Double> numbers) {
      return scaling.graded(grading, numbers.subList(0, scaling.dimensions(grading.profile())));
    }

    @Override
    public double uniform(double number) {
      return scaling.uniform(number);
    }

    @Override
    public int dimensions(DepthProfile profile) {
      return scaling.dimensions(profile) + parameters.size();
    }

    @Override
    public Candidate candidate(Grading grading, List<Double> numbers) {
      int own = scaling.dimensions(grading.profile());
      Candidate scaled = scaling.candidate(grading, numbers.subList(0, own));
      List<String> symbols = new ArrayList<>(scaled.symbols());
      List<Double> shown = new ArrayList<>(scaled.numbers());
      Map<Hyperparameter, Double> values = new LinkedHashMap<>();
      for (int i = 0; i < parameters.size(); i++) {
        double value = parameters.get(i).range().at(numbers.get(own + i));
        values.put(parameters.get(i), value);
        symbols.add(parameters.get(i).symbol());
        shown.add(value);
      }
      return new Candidate(scaled.lines(), symbols, shown, values);
    }

    @Override
    public int scalings(DepthProfile profile) {
      return scaling.dimensions(profile);
    }
  }

  /// How many numbers a profile has here.
  default int dimensions(DepthProfile profile) {
    return profile == DepthProfile.UNIFORM ? 1 : symbols().size();
  }

  /// How many of the numbers, the first, stand for the scaling: the others are shares from 0 to 1.
  default int scalings(DepthProfile profile) {
    return dimensions(profile);
  }

  /// A recipe with something put in for all that is searched but the scaling.
  default Recipe complete(Recipe recipe) {
    List<Double> middle = Collections.nCopies(dimensions(DepthProfile.LINES), 0.5);
    return candidate(new Grading(DepthProfile.LINES, outside()), middle).applyTo(recipe);
  }

  /// The candidate that some numbers stand for.
  ///
  /// @param numbers as many as [#dimensions]
  default Candidate candidate(Grading grading, List<Double> numbers) {
    if (grading.profile() != DepthProfile.UNIFORM) {
      return new Candidate(graded(grading, numbers), symbols(), numbers);
    }
    double lambda = uniform(numbers.getFirst());
    Lines flat = new Lines(Optional.of(lambda), 0, Outside.ALPHA, DepthProfile.UNIFORM);
    return new Candidate(flat, List.of("λ"), List.of(lambda));
  }
}
