package org.lines4j.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.Setting;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.tune.search.ContestRun;

/// Merge methods side by side on the same models, each searched with the same effort: which is
/// best, and whether LiNeS on top of it pays.
///
/// @param searches one for each method
public record Contest(List<Tuning> searches) {
  /// @throws RequestException unless there are several methods with as many evaluations each
  public Contest {
    searches = List.copyOf(searches);
    long efforts = searches.stream().map(search -> search.plan().evaluations()).distinct().count();
    if (efforts > 1) {
      throw new RequestException("methods are compared with as many evaluations each")
          .withRemedy("give a budget");
    }
  }

  /// How the models of one subject are searched with one method.
  @FunctionalInterface
  public interface Plans {
    /// The search, of a subject whose recipe has the method.
    Tuning of(Subject subject, MethodType method);
  }

  /// The searches of some methods, without those that cannot merge the models.
  ///
  /// @param dir where results will go
  /// @param isAsked whether each of them was asked for, so that one that cannot is an error
  /// @param listener told which are left out
  /// @throws RequestException if none is left
  public static Contest of(
      Subject subject,
      List<MethodType> methods,
      boolean isAsked,
      Plans plans,
      Path dir,
      TuneListener listener)
      throws IOException {
    List<Tuning> searches = new ArrayList<>();
    Optional<InputException> wrong = Optional.empty();
    for (MethodType method : methods) {
      try {
        Tuning search = plans.of(subject.withRecipe(with(subject.recipe(), method)), method);
        Tuning.Preview _ = search.preview(dir.resolve(method.name()));
        searches.add(search);
      } catch (RequestException | InputException e) {
        if (isAsked) {
          throw e;
        }
        wrong = e instanceof InputException input ? Optional.of(input) : wrong;
        listener.note("%s takes no part: %s".formatted(method.name(), e.getMessage()));
      }
    }
    if (searches.isEmpty() && wrong.isPresent()) {
      throw wrong.get(); // no method can be blamed for that
    }
    if (searches.isEmpty()) {
      throw new RequestException(subject.recipe().name(), "no method can merge these models")
          .withRemedy("name some, to see why each cannot");
    }
    return new Contest(searches);
  }

  /// A recipe by another method, with those of its parameters that this has, too.
  private static Recipe with(Recipe recipe, MethodType method) {
    Set<String> known =
        method.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
    List<Slice> slices = new ArrayList<>();
    for (Slice slice : recipe.slices()) {
      List<ModelUse> sources = new ArrayList<>();
      for (ModelUse use : slice.sources()) {
        sources.add(use.withParameters(known(use.parameters(), known)));
      }
      slices.add(new Slice(sources, slice.baseModel(), known(slice.parameters(), known)));
    }
    return recipe
        .withMethod(method.name())
        .withSlices(slices)
        .withParameters(known(recipe.parameters(), known));
  }

  private static Map<String, Setting> known(Map<String, Setting> parameters, Set<String> names) {
    Map<String, Setting> left = new LinkedHashMap<>(parameters);
    left.keySet().retainAll(names);
    return left;
  }

  /// Searches one method after the other, or goes on where it was stopped. Each has a folder in
  /// `dir`, with what [Tuning#run] makes; `dir` itself gets `contest.json` and the winner's
  /// `best.yml`.
  public ContestResults run(Path dir, TuneListener listener)
      throws IOException, InterruptedException {
    return new ContestRun(this, dir).run(listener);
  }
}
