from tests.bench.pages.bench import main

if __name__ == "__main__":
    main()
