package org.lines4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Values;
import org.lines4j.tune.Effort;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Hyperparameter;
import org.lines4j.tune.Metric;
import org.lines4j.tune.NumberList;
import org.lines4j.tune.Objective;
import org.lines4j.tune.SearchPlan;
import org.lines4j.tune.Space;
import org.lines4j.tune.Subject;
import org.lines4j.tune.UsualSearch;
import picocli.CommandLine.Option;

/// What a search measures, and which numbers it searches.
@SuppressWarnings("NullAway.Init") // picocli sets the required options
final class SearchMixin {
  /// What the help shows behind a value where commas join several.
  static final String MORE = "[,..]";

  @Option(
      names = "--target",
      paramLabel = "METRIC" + MORE,
      required = true,
      description = {"What the models were tuned for. NAME:min where lower is better."})
  private String targets;

  @Option(
      names = "--control",
      paramLabel = "METRIC" + MORE,
      defaultValue = "",
      description = "What they knew before and should keep; the same.")
  private String controls;

  @Option(
      names = "--objective",
      paramLabel = "WHAT",
      description = {
        "What to make large. paper: 2 * target + control, normalised (paper:W for another weight)."
            + " mean, minimum: of all metrics, normalised. Or a sum, such as '2*acc + norm(other) -"
            + " 0.1*loss'; a metric alone is made as good as it gets (default: paper for one model"
            + " with controls, else mean)."
      })
  private @Nullable String objective;

  @Option(
      names = "--search",
      paramLabel = "WHAT" + MORE,
      converter = SearchWords.Converter.class,
      completionCandidates = SearchWords.Converter.class,
      description = {
        "gamma: alpha = gamma, beta = 1 - gamma. beta: with alpha as the recipe has it, or"
            + " measured. alpha-beta: both, with --budget (default: gamma for one model, else"
            + " beta). With --budget also: weights, of each model; any number that the method"
            + " takes, such as density, or density=0.1..0.9; method, which compares methods."
      })
  private @Nullable SearchWords searched;

  @Option(
      names = "--methods",
      paramLabel = "NAME" + MORE,
      completionCandidates = MethodsCommand.Names.class,
      defaultValue = "",
      description = "Which methods 'method' compares (default: all that can merge the models).")
  private String methods;

  @Option(
      names = "--fractions",
      paramLabel = "LIST",
      description = {
        "Measure on parts of the data first, such as 0.1,0.3,1, and only the best on all of it"
            + " (default where CMD has {fraction})."
      })
  private @Nullable String fractions;

  @Option(
      names = "--grid",
      paramLabel = "LIST",
      description = {
        "The numbers to try, such as '0, 0.1, ..., 1' (default: the recipe's path, or the paper's"
            + " grid)."
      })
  private @Nullable String grid;

  @Option(
      names = "--budget",
      paramLabel = "N",
      description = "Search with N evaluations of each profile instead, coarse to fine.")
  private @Nullable Integer budget;

  @Option(
      names = "--range",
      paramLabel = "LOW,HIGH",
      description = "Where --budget searches (default 0,1; of TIES 0,1.5).")
  private @Nullable String range;

  @Option(
      names = "--profiles",
      paramLabel = "SHAPE" + MORE,
      completionCandidates = Choice.Shapes.class,
      defaultValue = "",
      description = {
        "More shapes of lambda over depth than lines and uniform: reverse, quadratic, sqrt, step."
      })
  private String profiles;

  @Option(
      names = "--outside",
      paramLabel = "WHERE",
      converter = Choice.TriedOutside.class,
      completionCandidates = Choice.TriedOutside.class,
      description = {
        "Lambda of tensors outside the layers with LiNeS: alpha, depth, or both: each with as many"
            + " evaluations (default: both, unless the recipe says which)."
      })
  private Choice.@Nullable Tried outside;

  /// What is searched over.
  enum Searched {
    GAMMA,
    BETA,
    ALPHA_BETA
  }

  /// What is measured.
  Goals goals(int models, Evaluator evaluator) {
    List<Metric> target = Metric.parseAll(targets, evaluator.metrics());
    List<Metric> control = Metric.parseAll(controls, evaluator.metrics());
    Goals goals =
        objective == null
            ? Goals.usual(target, control, models)
            : new Goals(target, control, Objective.parse(objective));
    Set<String> known = evaluator.metrics().keySet();
    for (String name : evaluator.mayGiveOthers() ? Set.<String>of() : goals.needed()) {
      if (!known.contains(name)) {
        throw new RequestException("there will be no metric '%s'".formatted(name))
            .withRemedy(NearestName.advice(name, known));
      }
    }
    return goals;
  }

  /// What is searched.
  ///
  /// @param variants the recipe with each value of its path; one where it has none
  /// @param method of the subject's recipe; empty for one that nobody knows
  SearchPlan plan(
      Subject subject,
      List<Recipe> variants,
      Optional<MethodType> method,
      Evaluator evaluator,
      long seed) {
    SearchPlan usual = variants.size() > 1 ? UsualSearch.ofPath(variants) : UsualSearch.of(subject);
    Space scaling = space(subject, usual.space());
    List<Hyperparameter> parameters =
        method.isPresent() ? parameters(subject, method.get()) : List.of();
    Space space = parameters.isEmpty() ? scaling : new Space.Wide(scaling, parameters);
    return new SearchPlan(
        space,
        effort(subject, usual),
        Stream.concat(usual.profiles().stream(), shapes().stream()).toList(),
        isBothWaysOutside(subject),
        seed,
        fractions(evaluator));
  }

  /// Whether methods are compared.
  boolean isOverMethods() {
    return (searched != null && searched.isOverMethods()) || !methods.isBlank();
  }

  /// Whether it was said which methods are.
  boolean namesMethods() {
    return !methods.isBlank();
  }

  /// The methods that are compared.
  List<MethodType> methods(List<MethodType> all) {
    if (budget == null) {
      throw new RequestException("methods are compared with as many evaluations each")
          .withRemedy("give --budget");
    }
    List<MethodType> chosen =
        methods.isBlank()
            ? all
            : Arrays.stream(methods.split(",", -1)).map(name -> named(name.strip(), all)).toList();
    checkWords(chosen);
    return chosen;
  }

  private static MethodType named(String name, List<MethodType> all) {
    return all.stream()
        .filter(method -> method.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException("--methods: there is no merge method '%s'".formatted(name))
                    .withRemedy(
                        NearestName.advice(name, all.stream().map(MethodType::name).toList())));
  }

  /// Each word must be a parameter of one of the methods.
  void checkWords(List<MethodType> chosen) {
    for (SearchWords.Word word : words()) {
      String name = word.name().equals("weights") ? "weight" : word.name();
      List<String> known =
          chosen.stream()
              .flatMap(method -> method.parameters().stream())
              .filter(parameter -> parameter.values() instanceof Values.Numbers)
              .map(Parameter::name)
              .distinct()
              .toList();
      if (!known.contains(name)) {
        throw new RequestException(
                "--search: %s no number called '%s'"
                    .formatted(
                        chosen.size() == 1
                            ? chosen.getFirst().name() + " takes"
                            : "none of the methods takes",
                        word.name()))
            .withRemedy(NearestName.advice(name, known));
      }
    }
  }

  private List<SearchWords.Word> words() {
    return searched == null ? List.of() : searched.parameters();
  }

  private List<Hyperparameter> parameters(Subject subject, MethodType method) {
    return words().stream()
        .flatMap(word -> Hyperparameter.of(word.name(), word.range(), method, subject).stream())
        .toList();
  }

  private List<Double> fractions(Evaluator evaluator) {
    if (fractions == null) {
      return evaluator.startsOnParts() ? List.of(0.1, 0.3, 1.0) : SearchPlan.WHOLE;
    }
    List<Double> parts = NumberList.parse("--fractions", fractions);
    if (!evaluator.takesFraction() && parts.size() > 1) {
      throw new RequestException("--fractions needs a command that takes one")
          .withRemedy("put {fraction} where it goes");
    }
    return parts;
  }

  /// A recipe with `lines:` has decided it.
  private boolean isBothWaysOutside(Subject subject) {
    return outside == null ? subject.recipe().lines().isEmpty() : outside == Choice.Tried.BOTH;
  }

  private Space space(Subject subject, Space usual) {
    Outside where =
        switch (outside) {
          case ALPHA -> Outside.ALPHA;
          case DEPTH -> Outside.DEPTH;
          case BOTH -> usual.outside();
          case null -> usual.outside();
        };
    Optional<Double> alpha = subject.recipe().lines().flatMap(Lines::alpha);
    return switch (searched == null ? null : searched.scaling().orElse(null)) {
      case GAMMA -> new Space.Gamma(where);
      case BETA -> new Space.Beta(alpha, where);
      case ALPHA_BETA -> new Space.AlphaBeta(where);
      case null ->
          switch (usual) {
            case Space.Gamma _ -> new Space.Gamma(where);
            case Space.Beta(Optional<Double> known, Outside _) -> new Space.Beta(known, where);
            case Space.AlphaBeta _ -> new Space.AlphaBeta(where);
            case Space.Wide wide -> wide;
          };
    };
  }

  private Effort effort(Subject subject, SearchPlan usual) {
    if (grid != null && budget != null) {
      throw new RequestException("--grid lists what to try, --budget searches")
          .withRemedy("give one of them");
    }
    if (range != null && budget == null) {
      throw new RequestException("--range is where --budget searches").withRemedy("give both");
    }
    if (budget == null) {
      return grid == null ? usual.effort() : new Effort.Grid(NumberList.parse("--grid", grid));
    }
    if (range == null) {
      return UsualSearch.budget(subject, budget);
    }
    List<Double> ends = NumberList.parse("--range", range);
    if (ends.size() != 2) {
      throw RequestException.expected("--range", "two numbers such as 0,1", range);
    }
    return new Effort.Budget(budget, ends.getFirst(), ends.getLast());
  }

  private List<DepthProfile> shapes() {
    if (profiles.isBlank()) {
      return List.of();
    }
    return Arrays.stream(profiles.split(",", -1))
        .map(
            name ->
                DepthProfile.ofTitle(name.strip())
                    .orElseThrow(
                        () ->
                            RequestException.expected(
                                "--profiles",
                                "some of "
                                    + Choice.listed(
                                        List.of(DepthProfile.values()), DepthProfile::title),
                                "'" + name + "'")))
        .toList();
  }
}
